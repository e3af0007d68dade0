import { expect, test } from 'vitest'
import { onlyMembers, whole, within } from './parameters.ts'

test('a whole number of at least so many', () => {
  expect([whole('runs', 'count', 0, 0), whole('runs', 'count', 7, 2)]).toEqual([0, 7])
  for (const wrong of [1, 2.5, -3, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
    expect(() => whole('runs', 'count', wrong, 2)).toThrow(
      `'runs': count has to be a whole number of at least 2; it is ${wrong}`,
    )
  }
})

test('a number within bounds', () => {
  expect([within('ewma', 'r', 0, 0, 1), within('ewma', 'r', 1, 0, 1)]).toEqual([0, 1])
  for (const wrong of [-0.1, 1.1, Number.NaN]) {
    expect(() => within('ewma', 'r', wrong, 0, 1)).toThrow(
      `'ewma': r has to be a number from 0 to 1; it is ${wrong}`,
    )
  }
})

test('no option that there is not', () => {
  expect(() => onlyMembers('severity', { for: '5m' }, ['for', 'clearFor'])).not.toThrow()
  expect(() => onlyMembers('severity', { fro: '5m' }, ['for', 'clearFor'])).toThrow(
    "rule 'severity': there is no option 'fro'; there are for, clearFor",
  )
})
