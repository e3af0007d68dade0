import { SECOND } from './duration.ts'
import { type Timer, TimerHeap } from './heap.ts'

/**
 * How often in a row timers may set further timers for the same instant. Beyond it they go round in circles, and are
 * put off by a second.
 */
export const WAVE_LIMIT = 1000

/**
 * The one clock that rules, index and alerts live by: integer microseconds, moved only by records of the journal.
 * The same records move it in the same way live, in replay and in a test.
 */
export class LogicalClock {
  /** How many timers were put off because they had gone round in circles. */
  postponed = 0
  #now: number
  #seq: number
  /** How long the hub could not listen, in all. */
  #deaf = 0
  /** Until when it could not listen the last time, and `listened` at that time. */
  #deafUntil = 0
  #frozen = 0
  /** Whether an advance has begun that has not come to its end. */
  #advancing = false
  /** Timers from this number on were set by timers of this wave: they are the next one. */
  #waveEnd = 0
  #wave = 0
  #heap = new TimerHeap()

  constructor(now = 0, seq = 0) {
    this.#now = now
    this.#seq = seq
  }

  /** Microseconds. */
  get now(): number {
    return this.#now
  }

  /**
   * Microseconds of this clock in which the hub could listen: it stands still in a gap. What waits for something to be
   * heard (`for`, a ttl, an idle group) counts by differences of it, never by those of `now`.
   */
  get listened(): number {
    return this.#now < this.#deafUntil ? this.#frozen : this.#now - this.#deaf
  }

  /** The length of all gaps so far, in microseconds. */
  get deaf(): number {
    return this.#deaf
  }

  /** The sequence number that the next timer gets. */
  get seq(): number {
    return this.#seq
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#heap.size
  }

  /** Whether a timer may be due at `time`: an advance to there has something to do. */
  mayBeDue(time: number): boolean {
    return this.#heap.standsBy(time)
  }

  /**
   * Sets the timer, or moves it. A due time in the past is taken for now: it fires at the next advance, after what is
   * due now already. Throws a RangeError where `due` is not a number.
   */
  set(timer: Timer, due: number): void {
    if (Number.isNaN(due)) throw new RangeError('a timer has to be due at some time; this is not a number')
    const whole = Math.min(Math.ceil(due), Number.MAX_SAFE_INTEGER)
    this.#heap.set(timer, Math.max(whole, this.#now), this.#seq++)
  }

  /** Sets a timer that repeats for the next time: it keeps its place among those that are due at the same moment. */
  again(timer: Timer, due: number): void {
    // Only later: else it could go round in circles without being seen.
    if (timer.seq >= 0 && due > this.#now) this.#heap.set(timer, Math.ceil(due), timer.seq)
    else this.set(timer, due)
  }

  /** Sets the timer as it stood in a checkpoint. */
  restore(timer: Timer, due: number, seq: number): void {
    this.#heap.set(timer, due, seq)
  }

  /** Takes the clock back to where a checkpoint was made; only before anything runs. */
  resume(now: number, seq: number, deaf = 0): void {
    this.#now = now
    this.#seq = seq
    this.#deaf = deaf
  }

  cancel(timer: Timer): void {
    this.#heap.remove(timer)
    timer.seq = -1
  }

  /**
   * Fires the timers that are due up to `to`, in order, each seeing its due time as now, then sets now to `to`.
   *
   * `after` runs after each timer. At most `limit` timers fire or, having been set to a later time, move: false means
   * that there are more to do, now stands where the last one fired, and no event may be handled before another call has
   * returned true.
   */
  advance(to: number, after: () => void, limit = Number.POSITIVE_INFINITY): boolean {
    if (!this.#advancing) this.#newWaves()
    this.#advancing = true
    for (let handled = 0; this.#heap.standsBy(to); handled++) {
      if (handled >= limit) return false
      const timer = this.#heap.take()
      if (timer === undefined) continue
      if (timer.due > this.#now) {
        this.#now = timer.due
        this.#newWaves()
      } else if (timer.seq >= this.#waveEnd) {
        this.#wave += 1
        this.#waveEnd = this.#seq
      }
      if (this.#wave > WAVE_LIMIT) {
        this.postponed += 1
        this.set(timer, this.#now + SECOND)
        continue
      }
      timer.fire()
      after()
    }
    this.#advancing = false
    if (to > this.#now) this.#now = to
    return true
  }

  /**
   * The next `gap` microseconds are one in which nothing could be heard: timers that await input move with it, and by
   * `grace` more, all alike so that their order stays; `listened` stands still in the gap. Calendar timers fire when they
   * are due, at the next advance.
   */
  skip(gap: number, grace = 0): void {
    this.#frozen = this.listened
    this.#deaf += gap
    this.#deafUntil = this.#now + gap
    this.#heap.postpone(gap + grace)
  }

  /**
   * Lets `work` run as at an earlier time, which it moves on by `advance`: none of the timers that are set fires meanwhile.
   * Afterwards now is what it was, and the timers that were set stand beside the others.
   */
  aside(past: number, work: () => void): void {
    const now = this.#now
    const present = this.#heap
    const pastHeap = new TimerHeap()
    this.#now = Math.min(past, now)
    this.#heap = pastHeap
    try {
      work()
    } finally {
      for (const timer of [...pastHeap.all()]) {
        pastHeap.remove(timer)
        present.set(timer, timer.due, timer.seq)
      }
      this.#heap = present
      this.#now = now
    }
  }

  #newWaves(): void {
    this.#wave = 0
    this.#waveEnd = this.#seq
  }
}
