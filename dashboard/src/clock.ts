/** The browser's time and timers, handed to whatever needs them: only this file reads or sets them. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls `run` once after `ms` milliseconds; the returned function cancels it. */
  after(ms: number, run: () => void): () => void
  /**
   * Calls `run` once before the next painting, or after a quarter of a second where nothing is painted, as in a tab
   * in the background. The returned function cancels it.
   */
  nextFrame(run: () => void): () => void
}

const UNPAINTED_MS = 250

/** The browser's own clock. */
export const browserClock: Clock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
  nextFrame(run) {
    const cancel = (): void => {
      cancelAnimationFrame(frame)
      clearTimeout(timer)
    }
    const once = (): void => {
      cancel()
      run()
    }
    const frame = requestAnimationFrame(once)
    const timer = setTimeout(once, UNPAINTED_MS)
    return cancel
  },
}
