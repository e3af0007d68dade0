import { expect, test } from 'vitest'
import type { Event } from 'weir-protocol'
import { flow, metrics } from '../rules/rig.fixture.ts'
import { map } from './map.ts'

test('map changes each value, to nothing as well; a throw drops that value', () => {
  const fragile = map((event: Event) => {
    if (event.metric === 13) throw new Error('thirteen')
    return event.metric === 6 ? undefined : (event.metric ?? 0) * 10
  })
  expect(flow(fragile, metrics([1, 5], [2, 6], [3, 13], [4, 7]), 9)).toEqual([
    '1 50',
    '2 undefined',
    '4 70',
    "rule 'rule 1', map: thirteen",
  ])
})
