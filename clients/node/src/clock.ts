/** The time and the timers of a client; the only place here that asks the machine for them. */
export interface Clock {
  /** Integer microseconds since the epoch. */
  now(): number
  /** Calls `run` once after `ms` milliseconds; the returned function cancels it. Never keeps the process alive. */
  after(ms: number, run: () => void): () => void
}

/** The machine's own clock. */
export const machineClock: Clock = {
  now: () => Date.now() * 1000,
  after(ms, run) {
    const timer = setTimeout(run, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
}
