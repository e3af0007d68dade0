import { TimerHeap } from './heap.ts'
import { Wake } from './wake.ts'
import type { Wall } from './wall.ts'

/** Where the time of a driven wall begins unless told otherwise: 2026-01-01 00:00:00 UTC, in microseconds. */
export const DRIVEN_START = Date.UTC(2026, 0, 1) * 1000

/**
 * A Wall whose time stands still until somebody moves it: for tests of the whole process in accelerated time. It never
 * reads the machine's time.
 *
 * @example
 * const wall = new DrivenWall()
 * await wall.advance(wall.now() + 30_000_000, async () => {})
 */
export class DrivenWall implements Wall {
  #now: number
  #seq = 0
  readonly #alarms = new TimerHeap()

  /** `start`: microseconds since the epoch; 0 leaves it to `goOnFrom`. */
  constructor(start = DRIVEN_START) {
    this.#now = start
  }

  now(): number {
    return this.#now
  }

  after(ms: number, run: () => void): () => void {
    const alarm = new Wake(run)
    this.#alarms.set(alarm, this.#now + Math.max(0, Math.round(ms * 1000)), this.#seq++)
    return () => this.#alarms.remove(alarm)
  }

  /**
   * Takes time to where an earlier run ended (0: there was none), unless it is further already. Nothing runs by that:
   * time stood while nobody was there.
   */
  goOnFrom(ended: number): void {
    this.#now = Math.max(this.#now, ended) || DRIVEN_START
  }

  /**
   * Moves time to `to` (not back), running the timers that fall due in order, each at its own moment. `settled` is
   * awaited before time moves for the first time and after each moment: what the timers began is done before time goes
   * on. One call at a time.
   */
  async advance(to: number, settled: () => Promise<void>): Promise<void> {
    await settled()
    for (let next = this.#alarms.first; next !== undefined && next.due <= to; next = this.#alarms.first) {
      this.#now = Math.max(this.#now, next.due)
      this.#runDue()
      await settled()
    }
    this.#now = Math.max(this.#now, to)
  }

  #runDue(): void {
    const seq = this.#seq
    for (let next = this.#alarms.first; next !== undefined; next = this.#alarms.first) {
      // What a timer of this moment sets for this moment runs after it was settled.
      if (next.due > this.#now || next.seq >= seq) return
      this.#alarms.remove(next)
      next.fire()
    }
  }
}
