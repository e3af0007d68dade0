import { SECOND } from './clock/duration.ts'

/** After a start, what waits to hear something waits so much longer: senders have to connect again, and to send. */
export const GRACE = 30 * SECOND
/** So much grace is given in a row: a start, and one more that follows at once, have all of theirs. */
const IN_A_ROW = 2 * GRACE
/** Listening for so long gives back a part of grace as long as itself divided by this. */
const LISTENED_FOR_ONE = 4

/**
 * How much grace there is for what waits to hear something, in a hub that starts, or stands still, again and again.
 *
 * Were each start's grace given whole, a hub that starts every 20 s would never call a host down: each start would give
 * more than the time before it took. So what may be given comes back with the time in which the hub listens, a quarter as
 * fast, and is at most two graces: a hub that listens for two minutes between its starts gives each of them all, and in
 * any other three quarters of the time that it listens count. Times are those in which the clock listened
 * (`LogicalClock.listened`), in microseconds, so downtime gives nothing back.
 *
 * @example
 * const graces = new Graces()
 * graces.take(GRACE, 0)            // 30 s
 * graces.take(GRACE, 20 * SECOND)  // 30 s
 * graces.take(GRACE, 40 * SECOND)  // 10 s: what 40 s of listening gave back
 */
export class Graces {
  /** When all of the grace will be there again, in time in which the clock listened. */
  #wholeAt = 0

  /** What a checkpoint holds of it. */
  get wholeAt(): number {
    return this.#wholeAt
  }

  /** Takes it back to where a checkpoint was made. */
  resume(wholeAt: number): void {
    this.#wholeAt = wholeAt
  }

  /** Takes what there is of the grace that is `wanted`, and answers that. */
  take(wanted: number, listened: number): number {
    const missing = Math.ceil(Math.max(0, this.#wholeAt - listened) / LISTENED_FOR_ONE)
    const given = Math.max(0, Math.min(wanted, IN_A_ROW - missing))
    this.#wholeAt = Math.max(this.#wholeAt, listened) + given * LISTENED_FOR_ONE
    return given
  }
}
