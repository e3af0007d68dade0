import { Counter, Gauge, Registry } from 'prom-client'
import type { Hub } from '../hub.ts'
import type { Journal } from '../journal/journal.ts'
import { watchLoopDelay } from '../loop-delay.ts'
import type { OutboxDelivery } from '../outputs/delivery.ts'
import type { Outbox } from '../outputs/outbox.ts'
import type { Live } from './live.ts'
import type { Subscriptions } from './subscriptions/subscriptions.ts'

/** What `/metrics` shows, in Prometheus' text format; everything is read when it is asked for. */
export function hubMetrics(options: {
  readonly hub: Hub
  readonly journal: Journal
  readonly outbox: Outbox
  readonly delivery: () => OutboxDelivery['counters']
  readonly connections: () => number
  readonly live: Pick<Live, 'subscribers' | 'counters'>
  readonly subscriptions: Pick<Subscriptions, 'size' | 'counters'>
}): Registry {
  const { hub, journal, outbox, live, subscriptions } = options
  const registry = new Registry()
  const registers = [registry]
  const gauge = (name: string, help: string, read: () => number) => {
    new Gauge({
      name,
      help,
      registers,
      collect: function () {
        this.set(read())
      },
    })
  }
  /** A counter that stands elsewhere: each reading replaces the last. */
  const counter = (
    name: string,
    help: string,
    labelNames: string[],
    read: () => readonly [Record<string, string>, number][],
  ) => {
    new Counter({
      name,
      help,
      labelNames,
      registers,
      collect: function () {
        this.reset()
        for (const [labels, value] of read()) this.inc(labels, value)
      },
    })
  }
  const engine = hub.fold.engine.counters
  counter('weir_events_total', 'Events that came in, by transport.', ['transport'], () =>
    Object.entries(hub.counters.events).map(([transport, count]) => [{ transport }, count]),
  )
  counter(
    'weir_rejected_total',
    'What was refused or dropped at the entrance.',
    ['transport', 'reason'],
    () =>
      [...hub.counters.rejected].map(([label, count]) => {
        const [transport = '', reason = ''] = label.split(' ')
        return [{ transport, reason }, count]
      }),
  )
  counter('weir_rule_events_total', 'Events that concerned a rule.', ['rule'], () =>
    hub.fold.engine.rules.map((rule) => [{ rule: rule.name }, rule.events]),
  )
  counter('weir_rule_errors_total', 'Failures in the operators of a rule.', ['rule'], () =>
    hub.fold.engine.rules.map((rule) => [{ rule: rule.name }, rule.errors]),
  )
  counter('weir_derived_total', 'Events that rules and the index gave back to the rules.', [], () => [
    [{}, engine.derived],
  ])
  counter(
    'weir_derived_dropped_total',
    'Events of rules that went beyond the hop or queue limit.',
    [],
    () => [[{}, engine.derivedDropped]],
  )
  counter('weir_groups_refused_total', 'Events whose key found no room in a by.', [], () => [
    [{}, engine.groupsRefused],
  ])
  counter('weir_index_refused_total', 'Events whose host and service found no room in the index.', [], () => [
    [{}, hub.fold.index.counters.refused],
  ])
  counter('weir_index_expired_total', 'Entries of the index that ran out of their ttl.', [], () => [
    [{}, hub.fold.index.counters.expired],
  ])
  counter('weir_queries_total', 'Queries, by what came of them.', ['outcome'], () => {
    const { answered, invalid, tooMuch, busy, failed } = hub.asking.counters
    return Object.entries({ answered, invalid, 'too-much': tooMuch, busy, failed }).map(
      ([outcome, count]) => [{ outcome }, count],
    )
  })
  counter('weir_journal_records_total', 'Records written to the journal.', [], () => [
    [{}, journal.counters.appendedRecords],
  ])
  counter('weir_journal_errors_total', 'Failed writes to the journal.', [], () => [[{}, hub.journalErrors]])
  counter('weir_tables_errors_total', 'Failed writes to the tables of alerts and messages.', [], () => [
    [{}, hub.tableErrors],
  ])
  counter('weir_journal_damaged_total', 'Places in the journal that cannot be read.', [], () => [
    [{}, journal.counters.damaged],
  ])
  counter('weir_live_trouble_total', 'Pages that did not get all frames, by what happened.', ['what'], () =>
    Object.entries({
      skipped: live.counters.skipped,
      resync: live.counters.resyncs,
      dropped: live.counters.dropped,
      refused: live.counters.refused,
    }).map(([what, count]) => [{ what }, count]),
  )
  counter('weir_subscription_events_total', 'Events that subscribers were sent.', [], () => [
    [{}, subscriptions.counters.sent],
  ])
  counter(
    'weir_subscription_trouble_total',
    'Events that subscribers were not told of one by one, and subscriptions that ended for it or found no room.',
    ['what'],
    () => {
      const { sent: _, ...trouble } = subscriptions.counters
      return Object.entries(trouble).map(([what, count]) => [{ what }, count])
    },
  )
  counter(
    'weir_delivery_total',
    'What became of attempts to deliver, by destination.',
    ['destination', 'outcome'],
    () =>
      [...options.delivery()].flatMap(([destination, { sent, retried, dead, paused, folded }]) =>
        Object.entries({ sent, retried, dead, paused, folded }).map(
          ([outcome, count]): [Record<string, string>, number] => [{ destination, outcome }, count],
        ),
      ),
  )
  counter('weir_alerts_refused_total', 'Alerts that found no room in the book.', [], () => [
    [{}, hub.fold.book.counters.refused],
  ])
  gauge('weir_degraded', 'Whether nothing can be recorded: 1 while the journal can not be written.', () =>
    hub.degraded === undefined ? 0 : 1,
  )
  gauge(
    'weir_clock_ahead_seconds',
    "By how much the hub's time is ahead of the machine's, whose clock was set back.",
    () => hub.clockAhead / 1e6,
  )
  counter(
    'weir_held_back_total',
    'Expiries that were held back because the hub could not listen: after a start, a stall, a suspend.',
    [],
    () => [[{}, hub.fold.heldBack]],
  )
  gauge('weir_rules', 'Rules.', () => hub.fold.engine.rules.length)
  gauge('weir_groups', 'Groups in all bys.', () => engine.groups)
  gauge('weir_timers', 'Timers that are set.', () => hub.fold.clock.timers)
  gauge('weir_index_size', 'Pairs of host and service in the index.', () => hub.fold.index.size)
  gauge('weir_alerts_open', 'Alerts that fire or are stale.', () => hub.fold.book.size)
  gauge('weir_queries_waiting', 'Queries that are not answered yet.', () => hub.asking.waiting)
  gauge('weir_journal_bytes', 'Size of the journal on disk.', () => journal.bytes)
  gauge('weir_outbox_depth', 'Messages that wait to be delivered.', () => outbox.depth())
  gauge('weir_tcp_connections', 'Open TCP connections of senders.', options.connections)
  gauge('weir_live_subscribers', 'Pages that watch.', () => live.subscribers)
  gauge('weir_subscriptions', 'Open subscriptions.', () => subscriptions.size)
  gauge(
    'weir_event_loop_delay_p99_seconds',
    "99th percentile of the event loop's delay since the last reading.",
    watchLoopDelay(),
  )
  gauge('weir_memory_bytes', 'Resident memory.', () => process.memoryUsage.rss())
  return registry
}
