import { pipe } from 'rxjs'
import { expect, test } from 'vitest'
import type { Event } from 'weir-protocol'
import { type Arrival, flow } from '../rules/rig.fixture.ts'
import { dual } from './dual.ts'
import { map } from './map.ts'

const side = (name: string) =>
  map(({ host, service, metric, state, time, tags, attributes }: Event) =>
    [name, host, service, metric, state, `@${time / 1e6}`, ...tags, attributes.team ?? ''].join(' ').trim(),
  )

const input: readonly Arrival[] = [
  [1, { host: 'd1', service: 's', state: 'up', metric: 4, tags: ['k'], attributes: { team: 'x' } }],
  [2, { host: 'd1', service: 's', state: 'low', metric: 5 }],
  [3, { host: 'd1', service: 's', state: 'expired' }],
  [4, { host: 'd1', state: 'up', time: 1_000_000 }],
]

test('dual sends an event to one side and an expired copy, of now, to the other; an expired one to both', () => {
  expect(flow(dual({ state: 'up' }, side('up'), side('down')), input, 9)).toEqual([
    '1 down d1 s  expired @1 k x',
    '1 up d1 s 4 up @1 k x',
    '2 up d1 s  expired @2',
    '2 down d1 s 5 low @2',
    '3 up d1 s  expired @3',
    '3 down d1 s  expired @3',
    '4 down d1   expired @4',
    '4 up d1   up @1',
  ])
})

test('a condition that throws drops the event', () => {
  const fragile = dual(
    () => {
      throw new Error('broken')
    },
    side('a'),
    pipe(side('b')),
  )
  expect(flow(fragile, input.slice(0, 1), 9)).toEqual(["rule 'rule 1', dual: broken (at d1 s)"])
})
