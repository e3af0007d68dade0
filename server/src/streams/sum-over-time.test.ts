import { expect, test } from 'vitest'
import { outByHost, outOf } from './operator.fixture.ts'
import { sumOverTime } from './sum-over-time.ts'

const input = [
  [1, { metric: 0.25 }],
  [2, { metric: 1, tags: ['reset'] }],
  [3, {}],
  [4, { metric: 0.5, state: 'expired' }],
] as const

test('sumOverTime is the sum of all metrics; a tag resets nothing, and what has no metric passes', () => {
  expect(outOf(sumOverTime(), input, 9)).toEqual(['1: 0.25 @1', '2: 1.25 @2', '3: @3', '4: 1.75 expired @4'])
  expect(outOf(sumOverTime(), [], 9)).toEqual([])
})

test('sumOverTime refuses a sum that is no number any more', () => {
  const large = [1, 2].map((second) => [second, { metric: 1.7e308 }] as const)
  expect(outOf(sumOverTime(), large, 9)[1]).toContain('the result, Infinity, is no number')
})

test('sumOverTime is of each key by itself', () => {
  const hosts = [
    [1, { host: 'a', metric: 1 }],
    [2, { host: 'b', metric: 5 }],
    [3, { host: 'a', metric: 1 }],
  ] as const
  expect(outByHost(sumOverTime(), hosts, 9)).toEqual(['1: a 1 @1', '2: b 5 @2', '3: a 2 @3'])
})
