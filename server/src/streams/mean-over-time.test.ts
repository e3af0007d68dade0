import { expect, test } from 'vitest'
import { metrics } from '../rules/rig.fixture.ts'
import { meanOverTime } from './mean-over-time.ts'
import { outByHost, outOf } from './operator.fixture.ts'

test('meanOverTime is the mean of all metrics; what has none passes and is not counted', () => {
  const input = [
    [1, { metric: 2 }],
    [2, { metric: 4 }],
    [3, {}],
    [4, { metric: 9, state: 'expired' }],
  ] as const
  expect(outOf(meanOverTime(), input, 9)).toEqual(['1: 2 @1', '2: 3 @2', '3: @3', '4: 5 expired @4'])
  expect(outOf(meanOverTime(), [], 9)).toEqual([])
})

test('meanOverTime of very large metrics is a number', () => {
  expect(outOf(meanOverTime(), metrics([1, 1.7e308], [2, 1.7e308], [3, -1.7e308]), 9).at(-1)).toBe(
    '3: 5.66666666667e+307 @3',
  )
})

test('meanOverTime is of each key by itself', () => {
  const hosts = [
    [1, { host: 'a', metric: 1 }],
    [2, { host: 'b', metric: 5 }],
    [3, { host: 'a', metric: 3 }],
  ] as const
  expect(outByHost(meanOverTime(), hosts, 9)).toEqual(['1: a 1 @1', '2: b 5 @2', '3: a 2 @3'])
})
