import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { WeirError } from '../errors.ts'
import { type Duration, micros, spell, spellAge } from './duration.ts'

describe('micros', () => {
  test.each([
    ['500ms', 500_000],
    ['30s', 30_000_000],
    ['5m', 300_000_000],
    ['1h', 3_600_000_000],
    ['1d', 86_400_000_000],
    ['1.5h', 5_400_000_000],
    ['0.001ms', 1],
    ['05m', 300_000_000],
    [90, 90_000_000],
    [0.25, 250_000],
    [0.000001, 1],
  ] as const)('%s is %d', (duration, expected) => {
    expect(micros(duration)).toBe(expected)
  })

  // What a template type alone would let through, and what comes from JavaScript or a configuration.
  test.each([
    '-5m',
    '0x5m',
    '1e3s',
    '5 m',
    ' 5m',
    '5m ',
    '5m\n',
    '.5s',
    '5.s',
    '1.2.3s',
    '+5s',
    '5',
    'm',
    '',
    '5w',
    '5M',
    '5m5s',
    '0s',
    '0.0000001ms',
    '٥m',
    `${'9'.repeat(20)}d`,
    'Infinitys',
    'NaNs',
    0,
    -1,
    1e-9,
    1e300,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    undefined,
    null,
  ])('%j is refused', (duration) => {
    const refused = () => micros(duration as Duration)
    expect(refused).toThrow(WeirError)
    expect(refused).toThrow(`'${duration}' is not a duration; write '30s'`)
  })

  test('whatever it takes is a whole number of microseconds above 0', () => {
    const units = fc.constantFrom('ms', 's', 'm', 'h', 'd')
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e4, noNaN: true }), units, (value, unit) => {
        const found = micros(`${Number(value.toFixed(6))}${unit}` as Duration)
        expect(Number.isSafeInteger(found) && found > 0).toBe(true)
      }),
    )
  })
})

describe('spell', () => {
  test.each([
    ['0s', 0],
    ['0s', -5],
    ['0s', 499],
    ['1ms', 500],
    ['999ms', 999_000],
    ['1s', 999_999],
    ['1s 500ms', 1_500_000],
    ['12s', 12_000_000],
    ['1m', 60_000_000],
    ['1m 1s', 61_000_000],
    ['1h', 3_605_000_000],
    ['1h 30m', 5_400_000_000],
    ['2d 3h', 183_600_000_000],
    ['1d', 86_460_000_000],
  ])('%s', (text, duration) => {
    expect(spell(duration)).toBe(text)
  })

  test('in as many units as wanted', () => {
    expect(spell(90_061_001_000, 5)).toBe('1d 1h 1m 1s 1ms')
    expect(spell(3_605_000_000, 5)).toBe('1h 5s')
    expect(spell(3_605_000_000, 1)).toBe('1h')
  })
})

test.each([
  ['0s', -1],
  ['0s', 999_999],
  ['21s', 21_220_000],
  ['1m 1s', 61_999_999],
])('an age of %s', (text, age) => {
  expect(spellAge(age)).toBe(text)
})
