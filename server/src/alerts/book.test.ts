import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Event, makeEvent } from 'weir-protocol'
import { SECOND } from '../clock/duration.ts'
import { LogicalClock } from '../clock/logical.ts'
import type { AlertOptions } from '../rules/effects.ts'
import { AlertBook, type Decisions } from './book.ts'

const ops = { name: 'ops' }

/** A book on a clock; times are seconds. What is told, when and to whom is in telling.test.ts. */
function rig(limit?: number) {
  const clock = new LogicalClock()
  let ids = 0
  const refused: string[] = []
  const book = new AlertBook({
    clock,
    nextId: () => `${ids++}`,
    refused: ({ key }) => refused.push(`${key}`),
    ...(limit === undefined ? {} : { limit }),
  })
  const seen: Decisions[] = []
  const run = (second: number) => clock.advance(second * SECOND, () => {})
  const signal = (
    second: number,
    state: string,
    {
      options = {},
      key = ['h'],
      ...parts
    }: Partial<Event> & { options?: Partial<AlertOptions>; key?: (string | undefined)[] } = {},
  ) => {
    run(second)
    book.signal({
      rule: 'r',
      key,
      state,
      event: makeEvent({ time: 0, host: 'h', service: 's', state, ...parts }),
      options: { summary: (e) => `is ${e.state} at ${e.metric}`, notify: [ops], ...options },
    })
    seen.push(book.take())
  }
  const changes = () =>
    seen.flatMap(({ changes }) =>
      changes.map(({ kind, at, alert, previous, tell }) =>
        [
          at / SECOND,
          kind,
          previous ?? '-',
          alert.severity,
          alert.status,
          alert.summary,
          tell.length === 0 ? 'nobody' : tell,
        ].join(' '),
      ),
    )
  return { clock, book, refused, run, signal, seen, changes }
}

describe('the life of an alert', () => {
  test('fires, changes, becomes stale, fires again as it was, changes from there, is resolved, and fires anew', () => {
    const { book, signal, changes, seen } = rig()
    signal(1, 'ok')
    signal(2, 'warning', { metric: 8 })
    signal(3, 'warning', { metric: 7 })
    signal(4, 'critical', { metric: 2 })
    signal(5, 'expired')
    signal(6, 'expired')
    signal(7, 'critical', { metric: 1 })
    signal(8, 'expired')
    signal(9, 'warning', { metric: 9 })
    signal(10, 'ok', { metric: 50 })
    signal(11, 'ok', { metric: 51 })
    signal(12, 'expired')
    signal(13, 'warning', { metric: 8 })
    expect(changes()).toEqual([
      '2 firing - warning firing is warning at 8 ops',
      '4 changed warning critical firing is critical at 2 ops',
      '5 stale critical critical stale is critical at 2 nobody',
      '7 firing critical critical firing is critical at 2 nobody',
      '8 stale critical critical stale is critical at 2 nobody',
      '9 changed critical warning firing is warning at 9 ops',
      '10 resolved warning warning resolved is ok at 50 ops',
      '13 firing - warning firing is warning at 8 ops',
    ])
    const alerts = seen.flatMap(({ changes }) => changes.map(({ alert }) => alert))
    expect(new Set(alerts.slice(0, -1).map(({ id, since }) => `${id} ${since}`)).size).toBe(1)
    expect(alerts.at(-1)?.id).not.toBe(alerts[0]?.id)
    expect(alerts.map(({ changed }) => changed / SECOND)).toEqual([2, 4, 5, 7, 8, 9, 10, 13])
    expect(book.counters).toEqual({ fired: 2, resolved: 1, refused: 0 })
  })

  test('from stale it may be resolved, and that is told', () => {
    const { signal, changes } = rig()
    signal(1, 'bad')
    signal(2, 'expired')
    signal(3, 'ok')
    expect(changes().at(-1)).toBe('3 resolved bad bad resolved is ok at undefined ops')
  })

  test('each key of a rule has one of its own; a missing part is not an empty one', () => {
    const { book, signal } = rig()
    for (const key of [['a', 'b'], ['a,b'], ['a', ''], ['a', undefined], [], ['["a"]']])
      signal(1, 'bad', { key })
    expect(book.size).toBe(6)
    expect([book.isOpen('r', ['a', undefined]), book.isOpen('r', ['a', 'b']), book.isOpen('q', [])]).toEqual([
      true,
      true,
      false,
    ])
  })

  test('a state may be ok by the rule', () => {
    const { signal, changes } = rig()
    const options = { ok: ['up'] }
    signal(1, 'up', { options })
    signal(2, 'ok', { options })
    signal(3, 'up', { options })
    expect(changes().map((line) => line.split(' ')[1])).toEqual(['firing', 'resolved'])
  })

  test('a summary that throws does not cost the alert', () => {
    const { signal, changes } = rig()
    const summary = () => {
      throw new Error('no summary')
    }
    signal(1, 'bad', { options: { summary } })
    expect(changes()).toEqual(['1 firing - bad firing r h s bad ops'])
  })

  test('at the limit new ones are refused, told of; open ones go on', () => {
    const { book, signal, refused, changes } = rig(2)
    for (const key of ['a', 'b', 'c']) signal(1, 'bad', { key: [key] })
    signal(2, 'worse', { key: ['a'] })
    signal(3, 'ok', { key: ['b'] })
    signal(4, 'bad', { key: ['c'] })
    expect(refused).toEqual(['c'])
    expect(book.counters).toEqual({ fired: 3, resolved: 1, refused: 1 })
    expect(changes().map((line) => line.split(' ')[1])).toEqual([
      'firing',
      'firing',
      'changed',
      'resolved',
      'firing',
    ])
  })
})

describe('forget', () => {
  test('closes the alerts of a host, or of one of its services; nobody is told, not even of what waited', () => {
    const { book, signal, run, seen, changes } = rig()
    signal(1, 'bad', { key: ['a'], host: 'a' })
    signal(1, 'bad', { key: ['b', 's'], host: 'b' })
    signal(1, 'bad', { key: ['b', 't'], host: 'b', service: 't' })
    book.forget('a')
    book.forget('b', 't')
    seen.push(book.take())
    run(100)
    seen.push(book.take())
    expect(
      changes()
        .slice(3)
        .map((line) => line.split(' ').slice(1, 2).join()),
    ).toEqual(['resolved', 'resolved'])
    expect(
      seen.flatMap(({ notifications }) =>
        notifications.flatMap(({ items }) => items.map(({ status, key }) => `${status} ${key}`)),
      ),
    ).toEqual(['firing b,s'])
    expect([...book.open].map(({ key }) => key)).toEqual([['b', 's']])
  })
})

test('what is taken is not given again', () => {
  const { book, signal } = rig()
  signal(1, 'bad')
  expect(book.take()).toEqual({ changes: [], notifications: [], touched: [], log: [] })
})

test('against a model: whatever is signalled, what is open is what was last heard of as bad', () => {
  const signals = fc.array(
    fc.record({
      wait: fc.nat(4),
      key: fc.constantFrom('a', 'b', 'c'),
      state: fc.constantFrom('ok', 'warning', 'critical', 'expired'),
    }),
    { maxLength: 60 },
  )
  fc.assert(
    fc.property(signals, (input) => {
      const { book, signal, seen } = rig()
      const model = new Map<string, string>()
      let time = 0
      for (const { wait, key, state } of input) {
        time += wait
        signal(time, state, { key: [key], host: key })
        if (state === 'ok') model.delete(key)
        else if (state !== 'expired') model.set(key, state)
        else if (model.has(key)) model.set(key, `${model.get(key)?.replace(' stale', '')} stale`)
        expect(
          Object.fromEntries(
            [...book.open].map(({ key, severity, status }) => [
              key,
              status === 'stale' ? `${severity} stale` : severity,
            ]),
          ),
        ).toEqual(Object.fromEntries(model))
      }
      const { fired, resolved } = book.counters
      expect(fired - resolved).toBe(model.size)
      // Each alert's changes begin with one that fires, and end with at most one that resolves it.
      const kinds = new Map<string, string[]>()
      for (const { changes } of seen)
        for (const { kind, alert } of changes) kinds.set(alert.id, [...(kinds.get(alert.id) ?? []), kind])
      for (const list of kinds.values()) {
        expect(list[0]).toBe('firing')
        expect(list.slice(0, -1)).not.toContain('resolved')
      }
    }),
  )
})
