import { SECOND } from './clock/duration.ts'
import { WeirError } from './errors.ts'
import type { Journal } from './journal/journal.ts'
import type { NewRecord } from './journal/record.ts'
import type { Reserve } from './journal/reserve.ts'

/** While nothing can be recorded, it is tried again after this time, then after twice as long … */
const RETRY_EVERY = 5 * SECOND
const RETRY_AT_MOST = 60 * SECOND

/** Since when, in microseconds, and why nothing is recorded. */
export interface Degraded {
  readonly since: number
  readonly reason: string
}

/** Writes records to the journal; where the disk refuses, the hub goes on without, until a checkpoint has what was not recorded. */
export class Recorder {
  readonly counters = { errors: 0 }
  readonly #journal: Journal
  readonly #reserve: Reserve | undefined
  readonly #log: (line: string) => void
  #degraded: Degraded | undefined
  #lastTry = 0
  /** How long is waited before the next try. */
  #wait = RETRY_EVERY

  constructor(options: {
    readonly journal: Journal
    readonly reserve: Reserve | undefined
    readonly log: (line: string) => void
  }) {
    this.#journal = options.journal
    this.#reserve = options.reserve
    this.#log = options.log
  }

  get degraded(): Degraded | undefined {
    return this.#degraded
  }

  /**
   * Appends the records; answers the position of the first, or undefined where the disk refuses, now or since before.
   * Throws what is wrong with the records themselves.
   */
  append(records: readonly NewRecord[], now: number): number | undefined {
    if (this.#degraded !== undefined) return undefined
    try {
      return this.#journal.append(records)
    } catch (error) {
      this.counters.errors += 1
      if (!(error instanceof WeirError) || error.code !== 'WEIR_JOURNAL_WRITE') throw error
      this.#degraded = { since: now, reason: error.message }
      this.#lastTry = now
      this.#reserve?.release()
      this.#log(
        `DEGRADED: events are evaluated and alerts are told, but nothing is recorded: ${error.message}`,
      )
      return undefined
    }
  }

  /**
   * Tries from time to time to record again: `checkpoint` writes all that the hub holds, as of `position`, and answers
   * whether it could. Answers whether recording begins again.
   */
  recover(now: number, position: number, checkpoint: () => boolean): boolean {
    if (this.#degraded === undefined || now - this.#lastTry < this.#wait) return false
    this.#lastTry = now
    this.#wait = Math.min(2 * this.#wait, RETRY_AT_MOST)
    // The room of the reserve comes first: else a checkpoint would fit into it, and the next record would not.
    if (this.#reserve?.hold() === false) return false
    if (!checkpoint()) {
      this.#reserve?.release()
      return false
    }
    this.#journal.startAfter(position)
    this.#log(`recording again, after ${((now - this.#degraded.since) / SECOND).toFixed(0)} s without`)
    this.#degraded = undefined
    this.#wait = RETRY_EVERY
    return true
  }
}
