import fc from 'fast-check'
import { expect, test } from 'vitest'
import { medianDeviation, medianOf, placeOf } from './median.ts'

const byHand = (numbers: readonly number[]) => {
  const sorted = numbers.toSorted((a, b) => a - b)
  return ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2
}

test.each([
  [[5], 5, 0],
  [[1, 3], 2, 1],
  [[1, 2, 9], 2, 1],
  [[1, 1, 2, 2, 4, 6, 9], 2, 1],
])('of %j the median is %d, and that of the distances from it %d', (sorted, median, deviation) => {
  expect(medianOf(sorted)).toBe(median)
  expect(medianDeviation(sorted, median)).toBe(deviation)
})

test('the same as by sorting', () => {
  const some = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 30 })
  fc.assert(
    fc.property(some, fc.integer({ min: -12, max: 12 }), (numbers, from) => {
      const sorted = numbers.toSorted((a, b) => a - b)
      expect(medianOf(sorted)).toBe(byHand(numbers))
      expect(medianDeviation(sorted, from)).toBe(byHand(numbers.map((one) => Math.abs(one - from))))
      expect(placeOf(sorted, from)).toBe(numbers.filter((one) => one < from).length)
    }),
  )
})
