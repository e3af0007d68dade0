import fc from 'fast-check'
import { pipe } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { type Event, makeEvent } from 'weir-protocol'
import { SECOND } from './clock/duration.ts'
import { Fold, type FoldOptions } from './fold.ts'
import { type Rule, rule } from './rules/rule.ts'
import { alert } from './streams/alert.ts'
import { by } from './streams/by.ts'
import { changedState } from './streams/changed-state.ts'
import { index } from './streams/index-events.ts'
import { map } from './streams/map.ts'
import { publish } from './streams/publish.ts'
import { rollup } from './streams/rollup.ts'
import { severity } from './streams/severity.ts'
import { stable } from './streams/stable.ts'
import { below } from './streams/threshold.ts'
import { throttle } from './streams/throttle.ts'

const ops = { name: 'ops' }
const dev = { name: 'dev' }
const START = 1_790_000_000 * SECOND

const indexAll = rule('index', { stream: index() })
const rules: readonly Rule[] = [
  indexAll,
  rule('level', {
    stream: by(
      'host',
      severity({ critical: below(3), warning: below(6) }, { for: '3s', clearFor: '2s' }),
      alert({ summary: (e) => `${e.metric}`, notify: [ops, dev], group: { wait: '2s', max: '5s' } }),
    ),
  }),
  rule('silent', {
    match: { service: 'x' },
    stream: by(
      ['host', 'service'],
      map((e) => ({ ...e, state: e.state === 'expired' ? 'critical' : 'ok' })),
      alert({ summary: 'silent', notify: [ops] }),
    ),
  }),
  rule('made', {
    match: { not: { tagged: 'made' } },
    stream: pipe(
      changedState(),
      throttle(3, '4s'),
      publish((e) => ({ ...e, service: 'made', ttl: 0, tags: ['made'] })),
    ),
  }),
  rule('rolled', {
    match: { tagged: 'made' },
    stream: pipe(
      rollup<Event>(1, '5s'),
      map((list) => ({ ...(list[0] ?? makeEvent({ time: 0 })), state: list.length > 2 ? 'many' : 'ok' })),
      by('host', stable('2s'), alert({ summary: 'many', notify: [dev], flapping: false })),
    ),
  }),
]

/** A fold with everything that it decided, as text. */
class Run {
  readonly fold: Fold
  readonly changes: string[] = []
  readonly messages: string[] = []
  /** Of the alerts and messages above. */
  readonly ids: { readonly alerts: string[]; readonly messages: string[] } = { alerts: [], messages: [] }
  readonly #limit: number | undefined
  #position = 0

  /** `limit`: at most so many timers fire in one go, as in a running hub. */
  constructor(options: Partial<FoldOptions> & { readonly limit?: number } = {}) {
    this.#limit = options.limit
    this.fold = new Fold({ rules, name: 'hub', report: () => {}, ...options })
  }

  /** One record: a message with these events, or none for a mark of the time. */
  record(at: number, ...events: readonly Partial<Event>[]): this {
    this.fold.begin(++this.#position)
    while (!this.fold.advance(START + at * SECOND, this.#limit)) this.fold.begin(this.#position)
    this.fold.events(events.map((parts) => makeEvent({ time: START + at * SECOND, ...parts })))
    return this.take()
  }

  restart(at: number): this {
    this.fold.begin(++this.#position)
    this.fold.restart(START + at * SECOND)
    return this.take()
  }

  gap(at: number): this {
    this.fold.begin(++this.#position)
    this.fold.gap(START + at * SECOND)
    return this.take()
  }

  take(): this {
    const { changes, notifications } = this.fold.decisions()
    for (const { kind, at, alert } of changes) {
      this.changes.push(`${(at - START) / SECOND} ${kind} ${alert.rule} ${alert.key} ${alert.severity}`)
      this.ids.alerts.push(alert.id)
    }
    for (const { id, destination, at, items } of notifications) {
      const told = items.map(({ status, key, summary }) => `${status} ${key} ${summary}`)
      this.messages.push(`${(at - START) / SECOND} -> ${destination}: ${told.join(', ')}`)
      this.ids.messages.push(id)
    }
    return this
  }
}

interface Arrival {
  readonly wait: number
  readonly parts: Partial<Event>
}
const arrivals: fc.Arbitrary<readonly Arrival[]> = fc.array(
  fc.record({
    wait: fc.constantFrom(0, 0, 0, 0.5, 1, 2, 7),
    parts: fc.record({
      host: fc.constantFrom('a', 'b', 'c'),
      service: fc.constantFrom('x', 'y'),
      state: fc.constantFrom('ok', 'bad'),
      metric: fc.integer({ min: 0, max: 9 }),
      ttl: fc.integer({ min: 0, max: 4 }),
    }),
  }),
  { maxLength: 60 },
)
/** The same journal, the events of one moment in one message each (true) or in messages of their own. */
function played(
  input: readonly Arrival[],
  together: boolean,
  options: Partial<FoldOptions> & { limit?: number } = {},
): Run {
  const run = new Run(options)
  let time = 0
  let waiting: Partial<Event>[] = []
  for (const { wait, parts } of input) {
    if (wait > 0) {
      run.record(time, ...waiting)
      waiting = []
    }
    time += wait
    if (together) waiting.push(parts)
    else run.record(time, parts)
  }
  run.record(time, ...waiting)
  return run.record(time + 60)
}

const decided = ({ changes, messages }: Run) => ({ changes, messages })

describe('the same journal and rules give the same alerts and messages', () => {
  test('however the events of a moment were cut into messages', () => {
    fc.assert(
      fc.property(arrivals, (input) => {
        expect(decided(played(input, true))).toEqual(decided(played(input, false)))
      }),
      { numRuns: 300 },
    )
  })

  test('with the same ids each time, in slices of timers or not, in both forms of by; no id is given twice', () => {
    fc.assert(
      fc.property(arrivals, fc.integer({ min: 1, max: 3 }), (input, limit) => {
        const once = played(input, true)
        for (const options of [{}, { limit }, { separate: true }]) {
          const again = played(input, true, options)
          expect([decided(again), again.ids]).toEqual([decided(once), once.ids])
        }
        expect(new Set(once.ids.messages).size).toBe(once.ids.messages.length)
      }),
      { numRuns: 100 },
    )
  })

  test('wherever marks of the time stand in between', () => {
    fc.assert(
      fc.property(arrivals, fc.array(fc.nat(600), { maxLength: 20 }), (input, marks) => {
        const [plain, marked] = [new Run(), new Run()]
        let time = 0
        const left = marks.map((mark) => mark / 10).toSorted((a, b) => a - b)
        for (const { wait, parts } of input) {
          time += wait
          while ((left[0] ?? Number.POSITIVE_INFINITY) <= time) marked.record(left.shift() ?? 0)
          plain.record(time, parts)
          marked.record(time, parts)
        }
        expect(decided(marked.record(time + 60))).toEqual(decided(plain.record(time + 60)))
      }),
      { numRuns: 200 },
    )
  })
})

describe('one event after the other', () => {
  test('what falls due at a moment does so before the events of that moment', () => {
    const run = new Run()
    run.record(0, { host: 'a', service: 'x', metric: 9, ttl: 3 })
    run.record(3, { host: 'a', service: 'x', metric: 9, ttl: 3 })
    expect(run.changes).toEqual(['3 firing silent a,x critical', '3 resolved silent a,x critical'])
  })

  test('what falls due because of an event does so before the next event of the same message', () => {
    const run = new Run()
    const beat = { host: 'a', service: 'x', metric: 9, ttl: 0 }
    run.record(0, beat, beat, { host: 'b', service: 'y', metric: 9 })
    expect(run.changes).toEqual([
      '0 firing silent a,x critical',
      '0 resolved silent a,x critical',
      '0 firing silent a,x critical',
    ])
  })
})

describe('a gap in which the hub could not listen', () => {
  test('moves ttl and `for`, and what waits for a calendar does not', () => {
    const windows = rule('windows', {
      stream: pipe(
        rollup<Event>(1, '10s'),
        map((list) => ({ ...(list[0] ?? makeEvent({ time: 0 })), host: 'w', state: `${list.length}` })),
        alert({ summary: 'w', notify: [], flapping: false }),
      ),
      match: { service: 'rolled' },
    })
    const run = new Run({ rules: [...rules.slice(0, 3), windows] })
    run.record(0, { host: 'a', service: 'x', metric: 1, ttl: 5 })
    run.record(1, ...[1, 2, 3].map(() => ({ service: 'rolled', ttl: 100, metric: 9, host: 'r' })))
    run.gap(100).record(200)
    expect(decided(run)).toEqual({
      changes: [
        '1 firing windows  1',
        '10 changed windows  2',
        // Two seconds of `for` and four of the ttl were left, and there are thirty more.
        '132 firing level a critical',
        '134 stale level a critical',
        '134 firing silent a,x critical',
      ],
      messages: ['134 -> ops: firing a 1', '134 -> dev: firing a 1', '139 -> ops: firing a,x silent'],
    })
  })

  test('is not charged to `for` when an event comes after it, either', () => {
    const run = new Run()
    run.record(0, { host: 'a', metric: 1 })
    run.gap(100).record(100, { host: 'a', metric: 1 }).record(102.9, { host: 'a', metric: 1 })
    expect(run.changes).toEqual([])
    expect(run.record(103).changes).toEqual(['103 firing level a critical'])
  })

  test('of a second or less is charged', () => {
    const run = new Run().record(0, { host: 'a', service: 'x', ttl: 1, metric: 9 })
    expect(run.gap(1).changes).toEqual(['1 firing silent a,x critical'])
  })
})

describe('a hub that starts again and again, or stands still', () => {
  const down = (run: Run) => run.changes.filter((line) => line.includes('silent'))
  /** A host is heard once; then the hub listens for so many seconds and is away for one, over and over. */
  const loop = (listens: number, rounds: number) => {
    const run = new Run().record(0, { host: 'a', service: 'x', metric: 9, ttl: 60 })
    for (let round = 1; round <= rounds; round++) {
      const start = round * (listens + 1)
      for (let at = start - listens; at < start; at++) run.record(at)
      run.restart(start)
    }
    return down(run)
  }

  test.each([
    { listens: 2, rounds: 100, at: 238 },
    { listens: 10, rounds: 30, at: 170 },
    { listens: 29, rounds: 20, at: 145.75 },
    { listens: 40, rounds: 10, at: 122 },
  ])('listening for $listens s at a time, tells of a dead host all the same', ({ listens, rounds, at }) => {
    expect(loop(listens, rounds)).toEqual([`${at} firing silent a,x critical`])
  })

  test('does not call a host down that speaks within its ttl whenever the hub listens', () => {
    const run = new Run()
    for (let at = 0; at < 600; at++) {
      if (at % 6 === 5) run.restart(at)
      else run.record(at, ...(at % 20 === 0 ? [{ host: 'a', service: 'x', metric: 9, ttl: 60 }] : []))
    }
    expect(down(run)).toEqual([])
  })

  test('standing still for two of every four seconds, it does so too', () => {
    const run = new Run().record(0, { host: 'a', service: 'x', metric: 9, ttl: 60 })
    for (let at = 4; at < 400; at += 4) run.record(at - 2).gap(at)
    expect(down(run)).toEqual(['317 firing silent a,x critical'])
  })
})

describe('forget', () => {
  test('closes the alerts of a host and takes it out of the index; nobody is told', () => {
    const run = new Run()
    run.record(
      0,
      { host: 'a', service: 'x', metric: 1, ttl: 100 },
      { host: 'b', service: 'x', metric: 1, ttl: 100 },
    )
    run.record(10)
    run.fold.begin(99)
    expect(run.fold.forget('a')).toBe(1)
    run.take().record(300)
    expect(run.changes.filter((line) => / a /.test(line))).toEqual([
      '3 firing level a critical',
      '10 resolved level a critical',
    ])
    expect(run.messages.slice(0, 2)).toEqual([
      '5 -> ops: firing a 1, firing b 1',
      '5 -> dev: firing a 1, firing b 1',
    ])
    expect(run.fold.book.size).toBe(2)
  })

  test('lets the groups of its alerts leave', () => {
    const run = new Run({
      rules: [rule('r', { stream: by({ keys: 'host', idle: '10s' }, alert({ summary: 'x', notify: [] })) })],
    })
    run.record(0, { host: 'a', state: 'critical' }).record(60)
    expect(run.fold.engine.counters.groups).toBe(1)
    run.fold.forget('a')
    run.record(120)
    expect(run.fold.engine.counters.groups).toBe(0)
  })
})

describe('what the hub says about itself', () => {
  const said = (options: Partial<FoldOptions>) => {
    const heard: string[] = []
    const ear = rule('ear', {
      match: { host: 'hub' },
      stream: map((e: Event) =>
        heard.push(`${(e.time - START) / SECOND} ${e.service} ${e.state} ${e.metric}: ${e.description}`),
      ),
    })
    return { heard, run: new Run({ ...options, rules: [...(options.rules ?? [indexAll]), ear] }) }
  }

  test('that the index is full, at most once a minute', () => {
    const { heard, run } = said({ indexLimit: 1 })
    run.record(0, { host: 'a', service: 's', ttl: 1000 })
    for (const second of [1, 2, 60, 61, 62]) run.record(second, { host: `b${second}` })
    expect(heard).toEqual([
      '1 weir/index-full critical 1: the index is full; new keys are refused, such as b1 no service',
      '61 weir/index-full critical 1: the index is full; new keys are refused, such as b61 no service',
    ])
  })

  test('that no more alerts can be open, at most once a minute', () => {
    const { heard, run } = said({
      openLimit: 2,
      rules: [
        rule('r', { match: { service: 's' }, stream: by('host', alert({ summary: 'x', notify: [ops] })) }),
      ],
    })
    for (const second of [0, 1, 2, 3, 62])
      run.record(second, { host: `h${second}`, service: 's', state: 'bad' })
    expect(run.fold.book.size).toBe(2)
    expect(heard).toEqual([
      "2 weir/alerts-full critical 2: too many alerts are open; new ones are refused, such as one of the rule 'r'",
      "62 weir/alerts-full critical 2: too many alerts are open; new ones are refused, such as one of the rule 'r'",
    ])
    run.record(63, { host: 'h0', service: 's', state: 'ok' }, { host: 'h62', service: 's', state: 'bad' })
    expect(run.changes.filter((line) => line.includes('h62'))).toEqual(['63 firing r h62 bad'])
  })
})
