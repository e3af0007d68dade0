import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Event, makeEvent } from 'weir-protocol'
import { LogicalClock } from '../clock/logical.ts'
import { compileQuery } from '../query/compile.ts'
import { Index } from './index.ts'
import { search } from './search.ts'

const NOW = 1_790_000_000_000_000

function indexOf(...events: readonly Partial<Event>[]): Index {
  const index = new Index({ clock: new LogicalClock(), expired: () => {}, refused: () => {} })
  for (const event of events) index.insert(makeEvent({ time: NOW, ttl: 60, ...event }))
  return index
}

/** All of a search at once; `between` is called between its steps. */
function found(index: Index, query: string, between: () => void = () => {}): readonly Event[] {
  const steps = search(index, compileQuery(query), NOW)
  while (true) {
    const step = steps.next()
    if (step.done === true) return step.value
    between()
  }
}

const names = (events: readonly Event[]) => events.map(({ host, service }) => `${host} ${service}`)

const FLEET = indexOf(
  { host: 'a', service: 'cpu', metric: 3, state: 'ok' },
  { host: 'a', service: 'disk', metric: 1, state: 'critical', attributes: { rack: 'r1' } },
  { host: 'b', service: 'cpu', metric: 2, state: 'ok' },
  { host: 'b', service: 'disk', state: 'ok' },
  { host: 'c', service: 'cpu', metric: 2, state: 'warning', attributes: { rack: 'r1' } },
  { service: 'cpu', metric: -1 },
  { host: 'a' },
)

describe('finds', () => {
  test.each([
    ['host = "a" and service = "cpu"', ['a cpu']],
    ['host = "a" and service = "cpu" and metric > 5', []],
    ['host = "a"', ['a cpu', 'a disk', 'a undefined']],
    ['host = "a" and service =~ "d%"', ['a disk']],
    ['host = "a" and not host = "a"', []],
    ['host = nil', ['undefined cpu']],
    ['service = nil', ['a undefined']],
    ['service = "disk"', ['a disk', 'b disk']],
    ['service = "cpu" and host ~= "[bc]"', ['b cpu', 'c cpu']],
    ['service =~ "d%"', ['a disk', 'b disk']],
    ['host ~= "[bc]"', ['b cpu', 'b disk', 'c cpu']],
    ['host ~= "[bc]" and service ~= "k"', ['b disk']],
    ['state = "ok" and metric > 2', ['a cpu']],
    ['host = "nowhere"', []],
    ['false', []],
  ])('%s', (query, expected) => {
    expect(names(found(FLEET, query)).sort()).toEqual([...expected].sort())
  })
})

describe('clauses', () => {
  test.each([
    ['metric order by metric', ['undefined cpu', 'a disk', 'b cpu', 'c cpu', 'a cpu']],
    ['metric order by metric desc limit 2', ['a cpu', 'b cpu']],
    ['host = "b" order by metric', ['b cpu', 'b disk']],
    ['host = "b" order by metric desc', ['b cpu', 'b disk']],
    ['service = "cpu" order by state desc, host desc', ['c cpu', 'b cpu', 'a cpu', 'undefined cpu']],
    ['host = "a" limit 2', ['a cpu', 'a disk']],
    ['true limit 1', ['a cpu']],
  ])('%s', (query, expected) => {
    expect(names(found(FLEET, query))).toEqual(expected)
  })

  test.each([
    ['true count', [{ service: 'count', metric: 7 }]],
    ['false count', [{ service: 'count', metric: 0 }]],
    [
      'true count by state order by metric desc, state',
      [
        { state: 'ok', metric: 3 },
        { metric: 2 },
        { state: 'critical', metric: 1 },
        { state: 'warning', metric: 1 },
      ],
    ],
    ['metric count by host order by metric desc limit 1', [{ host: 'a', metric: 2 }]],
    [
      'rack count by rack, service order by service',
      [
        { service: 'cpu', attributes: { rack: 'r1' }, metric: 1 },
        { service: 'disk', attributes: { rack: 'r1' }, metric: 1 },
      ],
    ],
  ])('%s', (query, expected) => {
    expect(found(FLEET, query)).toMatchObject(expected.map((event) => ({ time: NOW, ...event })))
    expect(found(FLEET, query)).toHaveLength(expected.length)
  })
})

test('more than a result may have is an error, unless a limit is given', () => {
  const index = indexOf(...Array.from({ length: 100_001 }, (_, n) => ({ host: `h${n}`, metric: n })))
  const error = "more than 100000 events match; narrow the query, or end it with 'limit 1000'"
  expect(() => found(index, 'true')).toThrow(error)
  expect(() => found(index, 'true order by metric')).toThrow(error)
  expect(() => found(index, 'true count by host')).toThrow(error)
  expect(found(index, 'true limit 100000')).toHaveLength(100_000)
  expect(found(index, 'true order by metric desc limit 2')).toMatchObject([
    { metric: 100_000 },
    { metric: 99_999 },
  ])
  expect(found(index, 'true count')).toMatchObject([{ metric: 100_001 }])
})

test('whatever the index does meanwhile, what stays is found once, in its latest form, and nothing new', () => {
  const change = fc.record({
    host: fc.integer({ min: 0, max: 30 }).map((n) => `h${n}`),
    service: fc.integer({ min: 0, max: 30 }).map((n) => `s${n}`),
    state: fc.constantFrom('ok', 'expired'),
  })
  const query = fc.constantFrom('true', 'service ~= "s"', 'host ~= "h"', 'service = "s1"', 'host = "h1"')
  fc.assert(
    fc.property(
      fc.array(change, { maxLength: 1500, size: 'max' }),
      fc.array(change, { size: 'max', maxLength: 1500 }),
      query,
      (before, during, query) => {
        const index = indexOf(...before)
        const at = () =>
          new Map([...index.entries()].map((entry) => [`${entry.event.host} ${entry.event.service}`, entry]))
        const start = at()
        let next = 0
        const gone = new Set<string>()
        const change = () => {
          for (let n = 0; n < 5; n++, next++) {
            const event = during[next]
            if (event === undefined) return
            if (event.state === 'expired') gone.add(`${event.host} ${event.service}`)
            index.insert(makeEvent({ time: NOW, ...event, metric: next }))
          }
        }
        const result = names(found(index, query, change))
        expect(new Set(result).size).toBe(result.length)
        for (const key of result) expect(start.has(key)).toBe(true)
        const { matches } = compileQuery(query)
        for (const [key, entry] of start) {
          if (!gone.has(key) && matches(entry.event)) expect(result).toContain(key)
        }
      },
    ),
  )
})

test('the lists of services are those of the entries, after any changes', () => {
  const change = fc.record({
    host: fc.constantFrom('a', 'b', 'c', undefined),
    service: fc.constantFrom('x', 'y', undefined),
    state: fc.constantFrom('ok', 'ok', 'expired'),
  })
  fc.assert(
    fc.property(fc.array(change), (changes) => {
      const index = indexOf(...changes)
      const listed: string[] = []
      for (const service of index.byService.services()) {
        for (let entry = index.byService.first(service); entry !== undefined; entry = entry.after) {
          expect(entry.event.service).toBe(service)
          expect(entry.after === undefined || entry.after.before === entry).toBe(true)
          listed.push(`${entry.event.host} ${service}`)
        }
      }
      expect(listed.sort()).toEqual(names([...index.entries()].map(({ event }) => event)).sort())
    }),
  )
})
