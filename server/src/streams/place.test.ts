import fc from 'fast-check'
import { expect, test } from 'vitest'
import { placeOf } from './place.ts'

test('as many numbers are before the place of one as are less', () => {
  const some = fc.array(fc.integer({ min: -9, max: 9 }), { maxLength: 30 })
  fc.assert(
    fc.property(some, fc.integer({ min: -12, max: 12 }), (numbers, value) => {
      const sorted = numbers.toSorted((a, b) => a - b)
      expect(placeOf(sorted, value)).toBe(numbers.filter((one) => one < value).length)
    }),
  )
})
