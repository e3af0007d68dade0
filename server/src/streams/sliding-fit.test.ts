import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { emptyFit, type Fit, type Point, slide, valueAt } from './sliding-fit.ts'

/** The line by the book. */
function expected(points: readonly Point[], moment: number): number | undefined {
  const time = points.reduce((sum, point) => sum + point.time, 0) / points.length
  const metric = points.reduce((sum, point) => sum + point.metric, 0) / points.length
  const squares = points.reduce((sum, point) => sum + (point.time - time) ** 2, 0)
  const products = points.reduce((sum, point) => sum + (point.time - time) * (point.metric - metric), 0)
  return squares === 0 ? undefined : metric + (products / squares) * (moment - time)
}

describe('a sliding fit', () => {
  test('is the line through the points that are in it', () => {
    const point = fc.record({
      time: fc.integer({ min: 0, max: 1e6 }),
      metric: fc.integer({ min: -1e6, max: 1e6 }),
    })
    fc.assert(
      fc.property(fc.array(point, { maxLength: 60 }), fc.integer({ min: 1, max: 10 }), (points, size) => {
        const fit = emptyFit()
        for (const [n, one] of points.entries()) {
          const line = slide(fit, one, size)
          const window = points.slice(Math.max(0, n + 1 - size), n + 1)
          expect([line.count, line.from]).toEqual([window.length, window[0]?.time])
          const is = valueAt(line, 500)
          const should = expected(window, 500)
          if (should === undefined) expect(is).toBeUndefined()
          else
            expect(Math.abs((is ?? Number.NaN) - should)).toBeLessThanOrEqual(
              1e-6 * Math.max(1, Math.abs(should)),
            )
        }
      }),
    )
  })

  test('stays exact after a million points have left, at the times of today', () => {
    const fit = emptyFit()
    const start = 1_790_000_000_000_000
    let line: Fit | undefined
    for (let n = 0; n < 1_000_000; n++) {
      // The first ones are huge: what is only subtracted would leave an error behind.
      line = slide(fit, { time: start + n * 1_000_000, metric: n < 1000 ? 1e15 : n }, 3)
    }
    expect(line && valueAt(line, start + 2_000_000 * 1_000_000)).toBeCloseTo(2_000_000, 3)
  })

  test('those that are too old leave, however many they are', () => {
    const fit = emptyFit()
    for (const time of [1, 2, 3, 4]) slide(fit, { time, metric: time }, 9)
    expect(slide(fit, { time: 7, metric: 0 }, 9, 2)).toMatchObject({ count: 3, from: 3 })
    expect(slide(fit, { time: 8, metric: 0 }, 9, 7)).toMatchObject({ count: 1, from: 8 })
  })

  test('of one point says nothing', () => {
    expect(valueAt(slide(emptyFit(), { time: 1, metric: 1 }, 9), 2)).toBeUndefined()
  })
})
