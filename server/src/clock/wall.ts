/**
 * The machine's time and timers, handed to whatever needs them (only `clock/` may read them itself).
 * The hub's own logic runs on the logical clock; a Wall drives that clock and the timeouts of I/O.
 */
export interface Wall {
  /** Integer microseconds since the epoch. */
  now(): number
  /** Calls `run` once after `ms` milliseconds of real time; the returned function cancels it. Never keeps the process alive. */
  after(ms: number, run: () => void): () => void
}

/** The machine's own clock. */
export const machineWall: Wall = {
  now: () => Date.now() * 1000,
  after(ms, run) {
    const timer = setTimeout(run, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
}
