import type { Figure } from './health.ts'
import type { Hub } from './hub.ts'
import { watchLoopDelay } from './loop-delay.ts'
import type { OutboxDelivery } from './outputs/delivery.ts'
import type { Outbox } from './outputs/outbox.ts'

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
  const { engine, index, book } = hub.fold
  return [
    { service: 'weir/event-loop-delay', read: watchLoopDelay() },
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
