import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'
import type { EventInput } from '../event-input.ts'
import type { Meters } from './meters.ts'

export interface ProcessOptions {
  /** What the services begin with. Default: `process`. */
  readonly prefix?: string | undefined
}

/** How finely delays of the event loop are seen, in milliseconds. */
const RESOLUTION_MS = 10

/**
 * Reports on this process: how late its event loop is, its memory, and its garbage collection. See docs/client.md for the
 * services.
 *
 * @returns Ends it.
 * @example
 * measureProcess(meters)
 */
export function measureProcess(meters: Meters, { prefix = 'process' }: ProcessOptions = {}): () => void {
  const loop = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  loop.enable()
  let collecting = 0
  let longest = 0
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      collecting += duration
      longest = Math.max(longest, duration)
    }
  })
  observer.observe({ entryTypes: ['gc'] })
  let before = meters.stopwatch()

  const read = (): readonly EventInput[] => {
    const now = meters.stopwatch()
    const seconds = now - before
    before = now
    const memory = process.memoryUsage()
    const limit = getHeapStatistics().heap_size_limit
    // What it measures is the time between two looks.
    const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e9 - RESOLUTION_MS / 1000)
    const events: Record<string, number> = {
      'event-loop/delay/p50': late(loop.percentile(50)),
      'event-loop/delay/p99': late(loop.percentile(99)),
      'event-loop/delay/max': late(loop.max),
      'memory/rss': memory.rss,
      'memory/heap-used': memory.heapUsed,
      'memory/heap-percent': (100 * memory.heapUsed) / limit,
      'memory/external': memory.external,
      'gc/percent': seconds > 0 ? collecting / 10 / seconds : 0,
      'gc/longest': longest / 1000,
    }
    loop.reset()
    collecting = 0
    longest = 0
    return Object.entries(events).map(([name, metric]) => ({ service: `${prefix}/${name}`, metric }))
  }

  const remove = meters.collect(read)
  return () => {
    remove()
    loop.disable()
    observer.disconnect()
  }
}
