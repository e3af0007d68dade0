import type { OperatorFunction } from 'rxjs'
import { type Event, makeEvent } from 'weir-protocol'
import { Fold } from '../../server/src/fold.ts'
import { type Rule, rule } from '../../server/src/rules/rule.ts'
import { alert } from '../../server/src/streams/alert.ts'
import { by } from '../../server/src/streams/by.ts'
import { changed } from '../../server/src/streams/changed.ts'
import { filter } from '../../server/src/streams/filter.ts'
import { index } from '../../server/src/streams/index-events.ts'
import { severity } from '../../server/src/streams/severity.ts'
import { stable } from '../../server/src/streams/stable.ts'
import { below } from '../../server/src/streams/threshold.ts'

// How many events a second go through dispatch, through groups and into the index, and what a group and an entry
// weigh. Run it with --expose-gc; name a part to run only that: dispatch, by, alert, index.

const SECOND = 1_000_000
const START = 1_790_000_000 * SECOND
/** Events a message, as a busy collectd sends them. */
const MESSAGE = 100
const wanted = process.argv.slice(2)

part('dispatch', () => {
  const nothing = filter<Event>(() => false)
  const kinds: readonly (readonly [name: string, service: (n: number) => string | RegExp])[] = [
    ['exact', (n) => `service-${n}`],
    ['wildcard', (n) => `service-${n}*`],
    ['expression', (n) => new RegExp(`^service-${n}$`)],
  ]
  for (const [name, service] of kinds) {
    for (const count of [1, 10, 100, 1000]) {
      // Each event concerns one of them, and the one that takes all.
      const rules = Array.from({ length: count - 1 }, (_, n) =>
        rule(`${n}`, { match: { service: service(n) }, stream: nothing }),
      )
      const fold = foldOf([rule('all', { stream: nothing }), ...rules])
      const events = Array.from({ length: 10_000 }, (_, n) =>
        makeEvent({ time: START, host: `h${n % 100}`, service: `service-${n % Math.max(1, count - 1)}` }),
      )
      report(`${name}, ${count} rules`, 2_000_000, (n) => fold.events(slice(events, n)))
    }
  }
})

part('by', () => {
  const forms: readonly (readonly [string, OperatorFunction<Event, unknown>])[] = [
    [
      'one pipeline',
      by(
        ['host', 'service'],
        stable('5m'),
        changed((event) => event.state),
      ),
    ],
    [
      'one for each',
      by(
        { keys: ['host', 'service'], separate: true },
        stable('5m'),
        changed((event) => event.state),
      ),
    ],
  ]
  for (const [name, stream] of forms) {
    for (const groups of [4_000, 100_000]) {
      const fold = foldOf([rule('r', { stream })])
      const events = eventsOf(groups)
      weigh(`${name}, ${groups} groups, made`, groups, () => through(fold, events, 0))
      // After five minutes all of them are stable; the buffers of before are gone.
      weigh(`${name}, ${groups} groups, stable`, groups, () => through(fold, events, 301 * SECOND))
      const later = events.map((event) => ({ ...event, time: START + 302 * SECOND }))
      report(`${name}, ${groups} groups`, 2_000_000, (n) => fold.events(slice(later, n)))
    }
  }
})

part('alert', () => {
  for (const groups of [4_000, 100_000]) {
    const stream = by(
      ['host', 'service'],
      severity({ critical: below(5), warning: below(10) }, { for: '5m', clearFor: '5m' }),
      alert({ summary: 'full', notify: [] }),
    )
    const fold = foldOf([rule('r', { stream })])
    const events = eventsOf(groups)
    weigh(`${groups} groups`, groups, () => through(fold, events, 0))
    report(`${groups} groups, all well`, 1_000_000, (n) => fold.events(slice(events, n)))
  }
})

part('index', () => {
  for (const entries of [4_000, 100_000]) {
    const fold = foldOf([rule('index', { stream: index() })])
    const events = eventsOf(entries)
    weigh(`${entries} entries`, entries, () => through(fold, events, 0))
    report(`${entries} entries renewed`, 2_000_000, (n) => fold.events(slice(events, n)))
  }
})

function foldOf(rules: readonly Rule[]): Fold {
  const fold = new Fold({ rules, name: 'hub', report: (line) => console.log(line) })
  fold.begin(1)
  fold.advance(START)
  return fold
}

/** An event for each of so many hosts and services. */
function eventsOf(count: number): Event[] {
  return Array.from({ length: count }, (_, n) =>
    makeEvent({
      time: START,
      host: `host-${Math.floor(n / 40)}`,
      service: `service-${n % 40}`,
      state: 'ok',
      metric: 50,
      ttl: 86_400,
    }),
  )
}

/** The nth message. */
function slice(events: readonly Event[], n: number): readonly Event[] {
  const from = (n * MESSAGE) % events.length
  return events.slice(from, from + MESSAGE)
}

function through(fold: Fold, events: readonly Event[], after: number): void {
  fold.advance(START + after)
  for (let n = 0; n < events.length / MESSAGE; n++) fold.events(slice(events, n))
}

function part(name: string, run: () => void): void {
  if (wanted.length > 0 && !wanted.includes(name)) return
  console.log(name)
  run()
}

function report(what: string, events: number, message: (n: number) => void): void {
  const messages = events / MESSAGE
  for (let n = 0; n < messages / 10; n++) message(n)
  // Time of the processor: other work on the machine counts for nothing.
  const began = process.cpuUsage()
  for (let n = 0; n < messages; n++) message(n)
  const { user, system } = process.cpuUsage(began)
  const seconds = (user + system) / 1e6
  console.log(`  ${what.padEnd(40)} ${(events / seconds / 1e6).toFixed(2).padStart(6)} M events/s`)
}

function weigh(what: string, count: number, run: () => void): void {
  globalThis.gc?.()
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  run()
  globalThis.gc?.()
  globalThis.gc?.()
  const bytes = (process.memoryUsage().heapUsed - before) / count
  if (globalThis.gc !== undefined)
    console.log(`  ${what.padEnd(40)} ${bytes.toFixed(0).padStart(6)} bytes each`)
}
