import { setImmediate as turn } from 'node:timers/promises'
import type { Wall } from './wall.ts'

/** Where a TestWall starts unless told otherwise: 2026-01-01 00:00:00 UTC, in microseconds. */
export const TEST_START = Date.UTC(2026, 0, 1) * 1000

interface Alarm {
  due: number
  readonly run: () => void
}

/**
 * A Wall for tests: time stands still until the test moves it.
 *
 *     const wall = new TestWall()
 *     const cancel = wall.after(1_000, () => told.push(wall.now()))
 *     await wall.advance(999)      // nothing yet
 *     await wall.advance(1)        // now
 */
export class TestWall implements Wall {
  #now: number
  readonly #alarms = new Set<Alarm>()

  /** `start`: microseconds since the epoch. */
  constructor(start = TEST_START) {
    this.#now = start
  }

  now(): number {
    return this.#now
  }

  after(ms: number, run: () => void): () => void {
    const alarm = { due: this.#now + Math.max(0, Math.round(ms * 1000)), run }
    this.#alarms.add(alarm)
    return () => void this.#alarms.delete(alarm)
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#alarms.size
  }

  /** Seconds since the start, for timetables. */
  since(start = TEST_START): number {
    return (this.#now - start) / 1_000_000
  }

  /**
   * Moves the time on by `ms`, running the timers that fall due in order, each at its own moment. Before it starts
   * and after each timer, promises that can go on do: what they set in turn runs too if it is due by then.
   */
  async advance(ms: number): Promise<void> {
    const end = this.#now + Math.round(ms * 1000)
    await this.settle()
    for (let alarm = this.#next(end); alarm !== undefined; alarm = this.#next(end)) {
      this.#alarms.delete(alarm)
      this.#now = Math.max(this.#now, alarm.due)
      alarm.run()
      await this.settle()
    }
    this.#now = end
  }

  /** Sets the clock `ms` ahead, or back where it is negative, as NTP or a suspended machine does; timers are not moved by it. */
  jump(ms: number): void {
    const micros = Math.round(ms * 1000)
    this.#now += micros
    for (const alarm of this.#alarms) alarm.due += micros
  }

  /** Lets every promise go on that can without time passing. Real I/O is not waited for. */
  async settle(): Promise<void> {
    await turn()
  }

  /** The first of those due by `end`; of several at one moment the one that was set first. */
  #next(end: number): Alarm | undefined {
    let first: Alarm | undefined
    for (const alarm of this.#alarms) {
      if (alarm.due <= end && (first === undefined || alarm.due < first.due)) first = alarm
    }
    return first
  }
}
