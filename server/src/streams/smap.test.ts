import { pipe } from 'rxjs'
import { expect, test } from 'vitest'
import type { Event } from 'weir-protocol'
import { flow, metrics } from '../rules/rig.fixture.ts'
import { map } from './map.ts'
import { smap } from './smap.ts'

test('smap changes each value and drops undefined and null, but not false, 0 or an empty text', () => {
  const results: readonly unknown[] = [undefined, null, false, 0, '', 'x']
  const change = smap((event: Event) => results[event.metric ?? -1])
  expect(flow(change, metrics([1, 0], [2, 1], [3, 2], [4, 3], [5, 4], [6, 5]), 9)).toEqual([
    '3 false',
    '4 0',
    '5',
    '6 x',
  ])
})

test('what follows is given no undefined; a throw drops that value', () => {
  const metric = pipe(
    smap((event: Event) => {
      if (event.state === 'bad') throw new Error('bad')
      return event.metric
    }),
    map((metric) => metric.toFixed(1)),
  )
  expect(
    flow(
      metric,
      [
        [1, { metric: 1 }],
        [2, {}],
        [3, { state: 'bad' }],
      ],
      9,
    ),
  ).toEqual(['1 1.0', "rule 'rule 1', smap: bad"])
})
