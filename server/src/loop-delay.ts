import { monitorEventLoopDelay } from 'node:perf_hooks'

/** What the monitor itself takes for a delay, in milliseconds. */
const RESOLUTION_MS = 10

/**
 * Begins to watch how long work waits for its turn. What is returned reads it: the 99th percentile since it was read
 * last, in seconds. Each call watches by itself, so that one reader takes nothing from another.
 */
export function watchLoopDelay(): () => number {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  return () => {
    const p99 = delay.percentile(99) / 1e9 - RESOLUTION_MS / 1e3
    delay.reset()
    return Math.max(0, p99)
  }
}
