import { pipe, map as rxMap } from 'rxjs'
import { expect, test } from 'vitest'
import type { Event } from 'weir-protocol'
import { loadFold, saveFold } from '../checkpoint.ts'
import { type Arrival, flow, Rig } from '../rules/rig.fixture.ts'
import { by } from './by.ts'
import { byFn } from './by-fn.ts'
import { changed } from './changed.ts'
import { throttle } from './throttle.ts'
import { withFields } from './with-fields.ts'

const input: readonly Arrival[] = [
  [1, { host: 'mail', metric: 1 }],
  [2, { host: 'mail', metric: 2 }],
  [3, { host: 'web', metric: 1 }],
  [4, { host: 'web', metric: 2 }],
  [5, { metric: 1 }],
  [6, { metric: 2 }],
]

const limited = byFn('host', (host) => throttle(host === 'mail' ? 2 : 1, '1h'))

test('parameters depend on the key; a missing key is one', () => {
  expect(flow(limited, input, 9)).toEqual(['1 mail 1', '2 mail 2', '3 web 1', '5 1'])
})

test('of several keys it gets each value', () => {
  const named = byFn(['host', (event) => String(event.metric)], (host = 'none', metric = '') =>
    withFields({ service: `${host}/${metric}` }),
  )
  expect(flow(named, input.slice(3, 5), 9)).toEqual(['4 web web/2 2', '5 none/1 1'])
})

test('inside of a by, and with one inside', () => {
  const nested = byFn('host', () =>
    by(
      (event) => String(event.metric),
      changed((event) => event.metric),
    ),
  )
  expect(flow(by('host', limited), input, 9)).toEqual(['1 mail 1', '2 mail 2', '3 web 1', '5 1'])
  expect(flow(nested, [...input, [7, { host: 'web', metric: 2 }]], 9)).toHaveLength(6)
})

test('operators of RxJS may stand in it', () => {
  const foreign = byFn('host', (host = 'none') =>
    pipe(
      rxMap((event: Event) => event),
      withFields({ state: host }),
    ),
  )
  expect(flow(foreign, input.slice(3, 5), 9)).toEqual(['4 web 2 web', '5 1 none'])
})

test('what differs by key in more than parameters is refused for that key', () => {
  const odd = byFn('host', (host) => (host === 'web' ? changed((event) => event.metric) : throttle(9, '1h')))
  expect(flow(odd, input, 9)).toEqual([
    '1 mail 1',
    '2 mail 2',
    '5 1',
    '6 2',
    "rule 'rule 1', byFn(host): rule 'byFn(host)': what it makes may differ by key in parameters, not in the operators that keep state (at web)",
  ])
})

test('states come back from a checkpoint, and stay over a reload', () => {
  const rules = (rig: Rig) => [{ stream: pipe(limited, rig.note<Event>()) }]
  const before = new Rig(rules)
  for (const [second, parts] of input.slice(0, 1)) before.send(second, parts)
  const after = new Rig(rules)
  loadFold(after.fold, JSON.parse(JSON.stringify(saveFold(before.fold))))
  after.fold.reload(
    after.fold.engine.runs.map(({ rule }) => rule),
    new Set(),
  )
  after.send(2, { host: 'mail', metric: 2 }).send(3, { host: 'mail', metric: 3 })
  expect(after.seen).toEqual(['2 mail 2'])
})

test('it needs a key', () => {
  expect(() => byFn([], () => throttle(1, '1m'))).toThrow("it needs a key: byFn('host', …)")
})
