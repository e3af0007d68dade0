import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Figure } from './health.ts'
import type { Hub } from './hub.ts'
import type { OutboxDelivery } from './outputs/delivery.ts'
import type { Outbox } from './outputs/outbox.ts'

/** What the monitor itself takes for a delay, in milliseconds. */
const RESOLUTION_MS = 10

/** The hub's figures that rules can watch. */
export function healthFigures({
  hub,
  outbox,
  delivery,
}: {
  readonly hub: Hub
  readonly outbox: Outbox
  readonly delivery: () => OutboxDelivery['counters']
}): readonly Figure[] {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  const { engine, index, book } = hub.fold
  return [
    {
      service: 'weir/event-loop-delay',
      read() {
        const p99 = delay.percentile(99) / 1e9 - RESOLUTION_MS / 1e3
        delay.reset()
        return Math.max(0, p99)
      },
    },
    { service: 'weir/backlog', read: () => hub.backlog },
    { service: 'weir/outbox-depth', read: () => outbox.depth() },
    {
      service: 'weir/dead-letters',
      count: true,
      read: () => [...delivery()].reduce((sum, [, { dead }]) => sum + dead, outbox.counters.overflowed),
    },
    {
      service: 'weir/drops',
      count: true,
      read: () =>
        index.counters.refused +
        book.counters.refused +
        engine.counters.groupsRefused +
        engine.counters.derivedDropped,
    },
    { service: 'weir/memory', read: () => process.memoryUsage.rss() },
  ]
}
