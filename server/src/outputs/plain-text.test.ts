import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { duration, figure, oneLine, utc } from './plain-text.ts'

const S = 1_000_000

test.each([
  [0, '0s'],
  [0.9 * S, '0s'],
  [45 * S, '45s'],
  [60 * S, '1m'],
  [310 * S, '5m 10s'],
  [7_500 * S, '2h 5m'],
  [7_205 * S, '2h'],
  [(3 * 86_400 + 4 * 3_600 + 59 * 60) * S, '3d 4h'],
  [-5 * S, '0s'],
])('%i microseconds are %s', (micros, text) => {
  expect(duration(micros)).toBe(text)
})

test.each([
  [Date.UTC(2026, 10, 22, 3, 9, 11) * 1000 + 999_999, '2026-11-22 03:09:11 UTC'],
  [Number.MAX_VALUE, 'an impossible time'],
])('%d is %s', (micros, text) => {
  expect(utc(micros)).toBe(text)
})

test.each([
  [4, '4'],
  [4.2, '4.2'],
  [0.000_123_456, '0.0001235'],
  [99.999_9, '100'],
  [1_234_567.891_2, '1234567.891'],
  [1e21, '1e+21'],
  [-0.5, '-0.5'],
])('%d reads %s', (metric, text) => {
  expect(figure(metric)).toBe(text)
})

describe('one line', () => {
  test.each([
    ['a\r\nb\tc', 'a b c'],
    [' \u0000 a \u001b[31mred\u001b[0m ', 'a [31mred [0m'],
    ['\u202eabc\u2066', 'abc'],
    ['a\u2028b', 'a b'],
    ['\ud800x', '\ufffdx'],
  ])('%j is %j', (text, line) => {
    expect(oneLine(text)).toBe(line)
  })

  test('is never longer than asked, and never cuts a character in two', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.integer({ min: 1, max: 20 }),
        (text, max) => {
          const line = oneLine(text, max)
          expect([...line].length).toBeLessThanOrEqual(max)
          expect(line.isWellFormed()).toBe(true)
          expect(line).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u)
        },
      ),
    )
  })
})
