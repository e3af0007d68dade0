import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { deviationFrom, emptyMedian, medianOf, put, type SlidingMedian } from './sliding-median.ts'

/** By the book. */
const middleOf = (numbers: readonly number[]) => {
  const sorted = numbers.toSorted((a, b) => a - b)
  const [one = 0, other = 0] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  return one === other ? one : one / 2 + other / 2
}

const filled = (...numbers: readonly number[]) => {
  const all = emptyMedian()
  for (const [place, number] of numbers.entries()) put(all, place, number)
  return all
}

/** How many nodes are on the longest way down. */
const depthOf = (all: SlidingMedian, node: number): number => {
  const [before = 0, after = 0] = all.nodes.slice(3 * node)
  return node === 0 ? 0 : 1 + Math.max(depthOf(all, before), depthOf(all, after))
}

describe('a sliding median', () => {
  test.each([
    [[5], 5, 0],
    [[3, 1], 2, 1],
    [[1, 9, 2], 2, 1],
    [[2, 6, 1, 4, 9, 1, 2], 2, 1],
    [[1e308, 1e308], 1e308, 0],
  ])('of %j it is %d, and that of the distances from it %d', (numbers, median, deviation) => {
    const all = filled(...numbers)
    expect(medianOf(all)).toBe(median)
    expect(deviationFrom(all, median)).toBe(deviation)
  })

  test('is that of the last numbers, as by sorting them', () => {
    const number = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.double({ noNaN: true, min: -1e9, max: 1e9 }))
    fc.assert(
      fc.property(fc.array(number, { maxLength: 80 }), fc.integer({ min: 1, max: 20 }), (numbers, size) => {
        let all = emptyMedian()
        for (const [n, one] of numbers.entries()) {
          put(all, n % size, one)
          all = JSON.parse(JSON.stringify(all))
          const last = numbers.slice(Math.max(0, n + 1 - size), n + 1)
          const median = medianOf(all)
          expect(median).toBeCloseTo(middleOf(last), 9)
          expect(deviationFrom(all, median)).toBeCloseTo(
            middleOf(last.map((other) => Math.abs(other - median))),
            9,
          )
        }
      }),
    )
  })

  test.each<[string, (n: number) => number]>([
    ['rise', (n) => n],
    ['fall', (n) => -n],
    ['are all the same', () => 7],
    ['go up and down', (n) => (n * 37) % 1000],
  ])('stays flat where numbers %s', (_, numberAt) => {
    const all = emptyMedian()
    for (let n = 0; n < 30_000; n++) put(all, n % 10_000, numberAt(n))
    // A list of 5,000 would be 5,000 deep, a perfect tree 13.
    const [lower = 0, upper = 0] = all.nodes
    expect(Math.max(depthOf(all, lower), depthOf(all, upper))).toBeLessThan(45)
  })
})
