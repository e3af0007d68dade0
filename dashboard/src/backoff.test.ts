import { expect, test } from 'vitest'
import { backoff } from './backoff.ts'

test.each([
  [0, 250, 500],
  [1, 500, 1000],
  [4, 4000, 8000],
  [5, 7500, 15_000],
  [2000, 7500, 15_000],
])('after %i failures between %i and %i ms', (failures, shortest, longest) => {
  expect([backoff(failures, () => 1), backoff(failures, () => 0)]).toEqual([shortest, longest])
})
