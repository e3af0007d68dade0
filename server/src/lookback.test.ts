import fc from 'fast-check'
import { debounceTime, pairwise } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { type Event, makeEvent } from 'weir-protocol'
import { type CheckpointLine, loadFold, saveFold } from './checkpoint.ts'
import { SECOND } from './clock/duration.ts'
import { config } from './config.ts'
import { Fold } from './fold.ts'
import type { PastMessage } from './lookback.ts'
import { type Rule, type RuleOptions, rule } from './rules/rule.ts'
import { alert } from './streams/alert.ts'
import { by } from './streams/by.ts'
import { index } from './streams/index-events.ts'
import { map } from './streams/map.ts'

const START = 1_790_000_000 * SECOND
const told = alert({ summary: (e) => `${e.metric}`, notify: [] })
const indexAll = rule('index', { stream: index() })
/** Tells the last value once nothing has come for five seconds. */
const settled = (lookback?: RuleOptions['lookback'], name = 'settled') =>
  rule(name, {
    match: { service: 's' },
    ...(lookback === undefined ? {} : { lookback }),
    stream: by('host', debounceTime(5000), told),
  })
/** Tells by how much the value has changed. */
const steps = (lookback: RuleOptions['lookback'] = '20s') =>
  rule('steps', {
    match: { service: 's' },
    lookback,
    stream: (events) =>
      events.pipe(
        pairwise(),
        map(([a, b]) => ({ ...b, host: 'all', metric: (b.metric ?? 0) - (a.metric ?? 0) })),
        told,
      ),
  })

type Journaled = PastMessage & { readonly position: number }

/** A fold with the messages that it had, as a journal has them, and what it decided. */
class Run {
  readonly fold: Fold
  readonly decided: string[] = []
  readonly #journal: Journaled[]

  constructor(rules: readonly Rule[], journal: Journaled[] = []) {
    this.#journal = journal
    this.fold = new Fold({
      rules,
      name: 'hub',
      report: (line) => this.decided.push(line),
      past: (from, position) => journal.filter((one) => one.arrival >= from && one.position <= position),
    })
  }

  at(second: number, ...events: readonly Partial<Event>[]): this {
    const arrival = START + second * SECOND
    const made = events.map((parts) =>
      makeEvent({ host: 'a', service: 's', state: 'bad', ttl: 1000, time: arrival, ...parts }),
    )
    this.fold.begin(this.fold.position + 1)
    this.#journal.push({ position: this.fold.position, arrival, events: made })
    this.fold.advance(arrival)
    this.fold.events(made)
    return this.take()
  }

  take(): this {
    for (const { kind, at, alert } of this.fold.decisions().changes)
      this.decided.push(`${(at - START) / SECOND} ${kind} ${alert.rule} ${alert.key} ${alert.summary}`)
    return this
  }

  /** What starts from a checkpoint of now. */
  restarted(rules: readonly Rule[]): Run {
    const lines: CheckpointLine[] = saveFold(this.fold).map((line) => JSON.parse(JSON.stringify(line)))
    const again = new Run(rules, this.#journal)
    loadFold(again.fold, lines)
    return again.take()
  }
}

describe('a volatile rule with a lookback', () => {
  test('goes on after a restart with what it had heard, and says nothing twice', () => {
    const rules = [indexAll, settled('1m')]
    const run = new Run(rules).at(0, { metric: 1 }).at(10, { metric: 2 }).at(13, { host: 'b', metric: 3 })
    expect(run.decided).toEqual(['5 firing settled a 1'])
    const again = run.restarted(rules)
    expect(again.decided).toEqual([])
    expect(again.fold.clock.now).toBe(START + 13 * SECOND)
    expect(again.at(30).decided).toEqual(['18 firing settled b 3'])
    expect([...again.fold.book.open].map(({ summary }) => summary).toSorted()).toEqual(['1', '3'])
  })

  test('starts empty without one, or where the events came before', () => {
    for (const lookback of [undefined, '2s'] as const) {
      const run = new Run([settled(lookback)]).at(0, { metric: 1 }).at(3)
      expect(run.restarted([settled(lookback)]).at(30).decided).toEqual([])
    }
  })

  test('sees the past again when it has changed, and the others do not notice', () => {
    const run = new Run([indexAll, settled('1m', 'before'), steps()])
    run.at(0, { metric: 1 }).at(3, { metric: 5, host: 'b' })
    const timers = run.fold.clock.timers
    run.fold.reload([indexAll, settled('1m', 'after'), steps()], new Set(['index', 'steps']))
    expect([run.fold.clock.timers, run.fold.index.size]).toEqual([timers, 2])
    run.take().at(3.5, { metric: 6, host: 'c' }).at(30)
    expect(run.decided).toEqual([
      '3 firing steps  4',
      '5 firing after a 1',
      '8 firing after b 5',
      '8.5 firing after c 6',
    ])
  })

  test('restarts wherever it likes: what it says is the same as without', () => {
    const arrivals = fc.array(
      fc.record({
        wait: fc.integer({ min: 0, max: 7 }),
        host: fc.constantFrom('a', 'b'),
        metric: fc.nat(9),
        state: fc.constantFrom('bad', 'ok'),
      }),
      { minLength: 1, maxLength: 30 },
    )
    fc.assert(
      fc.property(arrivals, fc.nat(), (all, nat) => {
        const rules = [indexAll, settled('20s'), steps()]
        const [plain, first] = [new Run(rules), new Run(rules)]
        const cut = nat % all.length
        let other = first
        let second = 0
        for (const [n, { wait, ...parts }] of all.entries()) {
          second += wait
          if (n === cut) other = first.restarted(rules)
          plain.at(second, parts)
          other.at(second, parts)
        }
        plain.at(second + 30)
        other.at(second + 30)
        const decided = other === first ? first.decided : [...first.decided, ...other.decided]
        // Which of two that are due at one moment comes first is RxJS's affair.
        expect(decided.toSorted()).toEqual(plain.decided.toSorted())
      }),
      { numRuns: 300 },
    )
  })
})

test('a lookback is no longer than the journal is kept', () => {
  expect(() => config({ rules: [settled('8d')] })).toThrow(/rule 'settled': lookback: 8d is longer/)
  expect(() => config({ rules: [settled('8d')], journal: { retain: '9d' } })).not.toThrow()
})
