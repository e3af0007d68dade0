import { describe, expect, test } from 'vitest'
import { metrics } from '../rules/rig.fixture.ts'
import { counter } from './counter.ts'
import { outByHost, outOf } from './operator.fixture.ts'

describe('counter', () => {
  test('the sum of all metrics; what has none passes', () => {
    const input = [
      [1, { metric: 3 }],
      [2, { host: 'h', metric: 4 }],
      [3, { host: 'h' }],
      [4, { metric: -10 }],
      [5, { metric: 0.5, state: 'expired' }],
    ] as const
    expect(outOf(counter(), input, 9)).toEqual([
      '1: 3 @1',
      '2: h 7 @2',
      '3: h @3',
      '4: -3 @4',
      '5: -2.5 expired @5',
    ])
  })

  test('from a number on; the tag reset with a metric sets it', () => {
    const input = [
      [1, { metric: 1 }],
      [2, { metric: 7, tags: ['reset'] }],
      [3, { metric: 1 }],
      [4, { tags: ['reset'] }],
      [5, { metric: 1, tags: ['x', 'reset'] }],
    ] as const
    expect(outOf(counter(250), input, 9)).toEqual(['1: 251 @1', '2: 7 @2', '3: 8 @3', '4: @4', '5: 1 @5'])
  })

  test('hands on nothing without an event', () => {
    expect(outOf(counter(), [], 9)).toEqual([])
  })

  test('a sum that is no number any more is refused', () => {
    expect(outOf(counter(), metrics([1, 1.7e308], [2, 1.7e308], [3, -1.7e308]), 9)).toEqual([
      '1: 1.7e+308 @1',
      '3: 0 @3',
      "rule 'rule 1', counter: the result, Infinity, is no number that can be kept",
    ])
  })

  test('is of each key by itself', () => {
    const input = [
      [1, { host: 'a', metric: 1 }],
      [2, { host: 'b', metric: 5 }],
      [3, { host: 'a', metric: 1 }],
    ] as const
    expect(outByHost(counter(), input, 9)).toEqual(['1: a 1 @1', '2: b 5 @2', '3: a 2 @3'])
  })
})
