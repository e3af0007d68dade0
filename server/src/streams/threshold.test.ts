import { expect, test } from 'vitest'
import { above, atLeast, atMost, below, meets } from './threshold.ts'

test.each([
  [below(5), [true, false, false]],
  [above(5), [false, false, true]],
  [atLeast(5), [false, true, true]],
  [atMost(5), [true, true, false]],
])('%j of 4.99, 5 and 5.01', (threshold, expected) => {
  expect([4.99, 5, 5.01].map((metric) => meets(threshold, metric))).toEqual(expected)
})
