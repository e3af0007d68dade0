const FIRST = 1
const LONGEST = 300

/**
 * How many seconds to wait after so many failed attempts: 1 s, then twice as long each time up to 5 min, of which
 * chance takes away up to half (never below 1 s), so that many hubs do not come back all at once.
 *
 * `random` gives a number from 0 (inclusive) to 1 (exclusive).
 */
export function backoff(failed: number, random: () => number): number {
  const full = Math.min(LONGEST, FIRST * 2 ** Math.min(failed - 1, 30))
  return Math.max(FIRST, full * (1 - random() / 2))
}
