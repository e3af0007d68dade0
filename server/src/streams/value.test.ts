import { expect, test } from 'vitest'
import { asValue } from './value.ts'

test.each([
  [undefined, null],
  [null, null],
  [0, 0],
  ['', ''],
  [false, false],
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, 'Infinity'],
])('%s is kept as %j, and is the same after JSON', (value, expected) => {
  expect(asValue(value)).toBe(expected)
  expect(JSON.parse(JSON.stringify(asValue(value)))).toBe(expected)
})
