import { expect, test } from 'vitest'
import { makeEvent } from 'weir-protocol'
import { finite, metricOf } from './metric.ts'

test.each([
  [0, 0],
  [-1.5, -1.5],
  [undefined, undefined],
  [Number.NaN, undefined],
  [Number.NEGATIVE_INFINITY, undefined],
])('of the metric %s there is %s to reckon with', (metric, expected) => {
  expect(metricOf(makeEvent({ time: 0, metric }))).toBe(expected)
})

test('a result that is no number is refused', () => {
  expect(finite(1)).toBe(1)
  expect(() => finite(Number.NaN)).toThrow('the result, NaN, is no number that can be kept')
  expect(() => finite(Number.POSITIVE_INFINITY)).toThrow(RangeError)
})
