/** How long to wait between attempts to connect, in milliseconds. */
export interface Backoff {
  /** The first pause, about. Default: 100. */
  readonly minMs: number
  /** The longest pause. Default: 10,000. */
  readonly maxMs: number
}

export const BACKOFF: Backoff = { minMs: 100, maxMs: 10_000 }

/**
 * The pause after so many failures in a row (from 1): twice as long each time, up to `maxMs`, and of that a random part
 * between a half and the whole, so that a thousand clients do not come back to a restarted hub at one moment.
 *
 * @param random From 0 to below 1, as `Math.random`.
 */
export function pauseAfter(failures: number, { minMs, maxMs }: Backoff, random: () => number): number {
  // 2 ** 1024 is infinite, which the minimum takes care of.
  const whole = Math.min(maxMs, minMs * 2 ** (failures - 1))
  return whole * (0.5 + random() / 2)
}
