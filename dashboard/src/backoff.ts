/** How long to wait before the first attempt to connect again, and at most, in milliseconds. */
export const FIRST_MS = 500
export const LONGEST_MS = 15_000

/**
 * How long to wait before connecting again after so many attempts in a row have failed: doubling from half a second to
 * fifteen seconds, of which a random half is taken off, so that the browsers of a whole room do not return to a
 * restarted hub at the same moment. `random` gives numbers from 0 to below 1.
 */
export function backoff(failures: number, random: () => number): number {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** failures)
  return Math.round(longest * (1 - random() / 2))
}
