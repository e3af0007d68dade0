import { expect, test } from 'vitest'
import { backoff } from './backoff.ts'

test.each([
  [1, 1, 1],
  [2, 2, 1],
  [3, 4, 2],
  [4, 8, 4],
  [9, 256, 128],
  [10, 300, 150],
  [10_000, 300, 150],
])('after %i failures between %i s and %i s', (failed, longest, shortest) => {
  expect(backoff(failed, () => 0)).toBe(longest)
  expect(backoff(failed, () => 0.999_999_999)).toBeCloseTo(shortest, 4)
})
