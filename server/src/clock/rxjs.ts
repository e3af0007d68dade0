import { asyncScheduler, config, type SchedulerAction, Subscription } from 'rxjs'
import { dateTimestampProvider } from 'rxjs/internal/scheduler/dateTimestampProvider'
import type { LogicalClock } from './logical.ts'
import { Wake } from './wake.ts'

/** What repeats itself without a delay does so every millisecond, as with the timers of the machine, in microseconds. */
const SHORTEST_REPEAT = 1000

/**
 * Counts the timers of RxJS's operators that it would lose if it left. One that a timer of the same length has set
 * (an `interval`, the next `bufferTime`) goes on for ever and is not counted.
 */
export interface Holder {
  pending: number
}

/** The clock of the rules that are running now; outside of rules RxJS keeps the machine's. */
let active: LogicalClock | undefined
/** Whose the operators are that are running now. */
let holder: Holder | undefined
/** How long the action that is running now had waited, in microseconds. */
let waited: number | undefined

/**
 * Runs `work` with RxJS's default scheduler and timestamps on this clock, so that `debounceTime(5000)`, `bufferTime`,
 * `timeout`, `timestamp` … obey it without an argument. `asapScheduler`, `queueScheduler` with a delay and promises
 * escape it.
 */
export function withClock<T>(clock: LogicalClock, work: () => T): T {
  const before = active
  active = clock
  try {
    return work()
  } finally {
    active = before
  }
}

/** Microseconds of the clock of the rules that are running now; 0 outside of rules. */
export function ruleTime(): number {
  return active?.now ?? 0
}

/** From now on the timers of RxJS's operators are counted there; answers where they were counted before. */
export function holdFor(next: Holder | undefined): Holder | undefined {
  const before = holder
  holder = next
  return before
}

/** Called with what RxJS would otherwise throw from a timer of the machine. */
export function onUnhandledRxError(report: (error: unknown) => void): void {
  config.onUnhandledError = report
}

/**
 * An action of RxJS's default scheduler on a logical clock. Its timer moves with a gap in which nothing could be heard:
 * a `timeout` or `debounceTime` may be waiting for something to be heard, and an `interval` would have to catch up.
 */
class Action<T> extends Subscription implements SchedulerAction<T> {
  readonly #clock: LogicalClock
  readonly #work: (this: SchedulerAction<T>, state?: T) => void
  readonly #timer: Wake
  readonly #holder = holder
  #state: T | undefined
  /** Microseconds. */
  #wait = 0
  #counted = false
  #running = false

  constructor(clock: LogicalClock, work: (this: SchedulerAction<T>, state?: T) => void) {
    super(() => {
      clock.cancel(this.#timer)
      this.#count(false)
    })
    this.#clock = clock
    this.#work = work
    this.#timer = new Wake(() => withClock(clock, () => this.#run()), true)
  }

  schedule(state?: T, delay = 0): Subscription {
    if (this.closed) return this
    this.#state = state
    this.#wait = delay > 0 ? Math.round(delay * 1000) : 0
    this.#clock.set(
      this.#timer,
      this.#clock.now + (this.#running ? Math.max(this.#wait, SHORTEST_REPEAT) : this.#wait),
    )
    this.#count(this.#wait !== waited)
    return this
  }

  #run(): void {
    this.#count(false)
    const before = holdFor(this.#holder)
    this.#running = true
    waited = this.#wait
    try {
      this.#work.call(this, this.#state)
    } catch (error) {
      this.unsubscribe()
      config.onUnhandledError?.(error)
    } finally {
      this.#running = false
      waited = undefined
      holdFor(before)
    }
  }

  #count(counted: boolean): void {
    if (this.#holder === undefined || counted === this.#counted) return
    this.#counted = counted
    this.#holder.pending += counted ? 1 : -1
  }
}

const machineSchedule = asyncScheduler.schedule.bind(asyncScheduler)
const machineTimestamp = dateTimestampProvider.delegate

asyncScheduler.schedule = <T>(
  work: (this: SchedulerAction<T>, state?: T) => void,
  delay = 0,
  state?: T,
): Subscription =>
  active === undefined ? machineSchedule(work, delay, state) : new Action(active, work).schedule(state, delay)

dateTimestampProvider.delegate = {
  now: () => (active === undefined ? (machineTimestamp ?? Date).now() : Math.floor(active.now / 1000)),
}
