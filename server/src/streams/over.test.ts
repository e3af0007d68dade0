import { pipe } from 'rxjs'
import { expect, test } from 'vitest'
import { type Arrival, flow } from '../rules/rig.fixture.ts'
import { over } from './over.ts'
import { under } from './under.ts'

const input: readonly Arrival[] = [
  [1, { metric: 10 }],
  [2, { metric: 10.1 }],
  [3, { metric: 20 }],
  [4, {}],
  [5, { metric: -3, state: 'expired' }],
]

test.each([
  ['over(10)', over(10), ['2 10.1', '3 20']],
  ['under(20)', under(20), ['1 10', '2 10.1', '5 -3 expired']],
  ['both, as a band', pipe(over(10), under(20)), ['2 10.1']],
  ['over(Infinity)', over(Number.POSITIVE_INFINITY), []],
])('%s passes neither what is equal nor what has no metric', (_, operator, expected) => {
  expect(flow(operator, input, 9)).toEqual(expected)
})
