/** The time and the timers of a client; the only place here that asks the machine for them. */
export interface Clock {
  /** Integer microseconds since the epoch. */
  now(): number
  /**
   * Calls `run` once after `ms` milliseconds; the returned function cancels it.
   *
   * It does not keep the process alive, unless `holds` is true: for what somebody has asked to wait for.
   */
  after(ms: number, run: () => void, holds?: boolean): () => void
}

/** The machine's own clock. */
export const machineClock: Clock = {
  now: () => Date.now() * 1000,
  after(ms, run, holds = false) {
    const timer = setTimeout(run, ms)
    if (!holds) timer.unref()
    return () => clearTimeout(timer)
  },
}

/** Seconds since some moment, with fractions; it never goes back, so it tells how long something took. */
export type Stopwatch = () => number

/** The machine's own. */
export const machineStopwatch: Stopwatch = () => performance.now() / 1000
