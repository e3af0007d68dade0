import { pipe } from 'rxjs'
import { expect, test } from 'vitest'
import type { Event } from 'weir-protocol'
import { flow, metrics } from '../rules/rig.fixture.ts'
import { rollup } from './rollup.ts'
import { smapcat } from './smapcat.ts'

test('smapcat passes the members of a list one by one; of an empty one none', () => {
  const each = smapcat((event: Event) => event.tags.map((tag) => ({ ...event, service: tag })))
  expect(
    flow(
      each,
      [
        [1, { tags: ['a', 'b'], metric: 1 }],
        [2, {}],
      ],
      9,
    ),
  ).toEqual(['1 a 1', '1 b 1'])
})

test('with the list itself it takes lists apart', () => {
  const apart = pipe(
    rollup<Event>(0, '5s'),
    smapcat((events) => events),
  )
  expect(flow(apart, metrics([1, 1], [2, 2], [6, 3]), 20)).toEqual(['5 1', '5 2', '10 3'])
})

test('what is thrown drops that value', () => {
  const fragile = smapcat((event: Event) => {
    if (event.metric === undefined) throw new Error('no metric')
    return [event.metric, event.metric]
  })
  expect(
    flow(
      fragile,
      [
        [1, {}],
        [2, { metric: 4 }],
      ],
      9,
    ),
  ).toEqual(['2 4', '2 4', "rule 'rule 1', smapcat: no metric"])
})
