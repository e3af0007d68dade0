import type { Clock } from '../clock.ts'

/** A clock for tests: time passes when `pass` says so, and what falls due meanwhile runs in its order. */
export interface VirtualClock extends Clock {
  /** Lets so many milliseconds pass. */
  pass(ms: number): void
}

/** A frame is painted every 16 ms. */
const FRAME_MS = 16

export function virtualClock(start: number): VirtualClock {
  let now = start
  let timers: { due: number; run: () => void }[] = []
  const after = (ms: number, run: () => void): (() => void) => {
    const timer = { due: now + ms, run }
    timers.push(timer)
    return () => {
      timers = timers.filter((other) => other !== timer)
    }
  }
  return {
    now: () => now,
    after,
    nextFrame: (run) => after(FRAME_MS, run),
    pass(ms) {
      const end = now + ms
      for (;;) {
        const [next] = timers.filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)
        if (next === undefined) break
        timers = timers.filter((other) => other !== next)
        now = next.due
        next.run()
      }
      now = end
    },
  }
}
