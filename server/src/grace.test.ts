import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SECOND } from './clock/duration.ts'
import { GRACE, Graces } from './grace.ts'

/** What starts are given that come after so many seconds of listening each, in seconds. */
function given(...listening: readonly number[]): number[] {
  const graces = new Graces()
  let listened = 1_000 * SECOND
  return listening.map((seconds) => {
    listened += seconds * SECOND
    return graces.take(GRACE, listened) / SECOND
  })
}

test.each([
  { starts: 'the first one', listening: [0], expected: [30] },
  { starts: 'one that follows at once', listening: [0, 0], expected: [30, 30] },
  { starts: 'every two minutes', listening: [0, 120, 120, 120, 120], expected: [30, 30, 30, 30, 30] },
  { starts: 'every 20 s', listening: [0, 20, 20, 20, 20, 20], expected: [30, 30, 10, 5, 5, 5] },
  { starts: 'without a moment to listen', listening: [0, 0, 0, 0], expected: [30, 30, 0, 0] },
  { starts: 'a crash loop, then peace', listening: [0, 1, 1, 240, 0, 0], expected: [30, 30, 0.5, 30, 30, 0] },
])('$starts', ({ listening, expected }) => {
  expect(given(...listening)).toEqual(expected)
})

test('in the long run it is at most two graces and a quarter of the time that was listened', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(100 * SECOND), { minLength: 1 }), (listening) => {
      const graces = new Graces()
      let listened = 0
      let sum = 0
      for (const part of listening) {
        listened += part
        const grace = graces.take(GRACE, listened)
        expect(Number.isInteger(grace) && grace >= 0 && grace <= GRACE).toBe(true)
        sum += grace
      }
      expect(sum).toBeLessThanOrEqual(2 * GRACE + listened / 4)
    }),
  )
})

test('a part that is wanted takes only that', () => {
  const graces = new Graces()
  expect([graces.take(SECOND, 0), graces.take(GRACE, 0), graces.take(GRACE, 0)]).toEqual([
    SECOND,
    GRACE,
    29 * SECOND,
  ])
})

test('goes on from where a checkpoint was made', () => {
  const [graces, again] = [new Graces(), new Graces()]
  graces.take(GRACE, 0)
  again.resume(graces.wholeAt)
  expect(again.take(GRACE, 0)).toBe(graces.take(GRACE, 0))
  expect(again.take(GRACE, 7)).toBe(graces.take(GRACE, 7))
})
