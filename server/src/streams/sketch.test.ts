import fc from 'fast-check'
import { expect, test } from 'vitest'
import { counted, emptySketch, quantilesOf, ratioOf } from './sketch.ts'

const POINTS = [0, 0.1, 0.5, 0.9, 0.99, 1]
const sketched = (numbers: readonly number[], ratio: number) =>
  numbers.reduce((sketch, one) => counted(sketch, one, ratio), emptySketch())

const amount = fc.oneof(
  fc.double({ min: 1e-12, max: 1e18, noNaN: true }),
  fc.double({ min: 1, max: 99, noNaN: true }),
)
const number = fc.oneof(
  amount,
  amount.map((one) => -one),
  fc.constant(0),
)

test.each([0.005, 0.01, 0.1, 0.5])('is never further off than the relative error, %d', (error) => {
  fc.assert(
    fc.property(fc.array(number, { minLength: 1, maxLength: 60 }), (numbers) => {
      const ratio = ratioOf(error)
      const sorted = numbers.toSorted((a, b) => a - b)
      for (const [n, found] of quantilesOf(sketched(numbers, ratio), POINTS, ratio).entries()) {
        const exact = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * (POINTS[n] ?? 0)))] ?? 0
        expect(Math.abs((found ?? Number.NaN) - exact)).toBeLessThanOrEqual(
          Math.abs(exact) * error * (1 + 1e-9),
        )
      }
    }),
  )
})

test('takes no more memory for more numbers of the same range', () => {
  const ratio = ratioOf(0.01)
  const many = Array.from({ length: 20_000 }, (_, n) => 1 + (n % 1000))
  expect(Object.keys(sketched(many, ratio).above).length).toBeLessThan(Math.log(1000) / Math.log(ratio) + 2)
})

test('what is next to nothing counts as 0, what is too large is refused', () => {
  expect(quantilesOf(sketched([1e-13, -1e-13], 1.02), [0, 1], 1.02)).toEqual([0, 0])
  expect(() => counted(emptySketch(), 2e18, 1.02)).toThrow('the metric 2000000000000000000 is beyond')
  expect(quantilesOf(emptySketch(), [0.5], 1.02)).toEqual([undefined])
})
