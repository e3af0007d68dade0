import { expect, test } from 'vitest'
import type { Event } from 'weir-protocol'
import { flow, metrics } from '../rules/rig.fixture.ts'
import { filter } from './filter.ts'

test('filter passes what fulfils the predicate; a throw drops that value', () => {
  const fragile = filter((event: Event) => {
    if (event.metric === 13) throw new Error('thirteen')
    return (event.metric ?? 0) > 5
  })
  expect(flow(fragile, metrics([1, 5], [2, 6], [3, 13], [4, 7]), 9)).toEqual([
    '2 6',
    '4 7',
    "rule 'rule 1', filter: thirteen",
  ])
})
