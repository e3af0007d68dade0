import { describe, expect, test } from 'vitest'
import {
  age,
  clockSeconds,
  duration,
  exactly,
  lag,
  measured,
  metric,
  moment,
  orDash,
  plural,
  rate,
  timestamp,
} from './format.ts'

const at = (...parts: [number, number, number, number?, number?, number?, number?]) =>
  new Date(
    parts[0],
    parts[1] - 1,
    parts[2],
    parts[3] ?? 0,
    parts[4] ?? 0,
    parts[5] ?? 0,
    parts[6] ?? 0,
  ).getTime()

test.each([
  [null, '–'],
  ['', '–'],
  ['web-1', 'web-1'],
  ['<b>', '<b>'],
])('the text %j reads %s', (text, shown) => {
  expect(orDash(text)).toBe(shown)
})

test.each([
  [4.2, '%', '4.2 %'],
  [81_234_567_890, 'B/s', '81.23 GB/s'],
  [1e20, 'B', '1.00e20 B'],
  [4.2, null, '4.2'],
  [4.2, '', '4.2'],
  [null, '%', '–'],
])('the metric %j in %j reads %s', (value, unit, shown) => {
  expect(measured(value, unit)).toBe(shown)
})

describe('a metric', () => {
  test.each([
    [null, '–', '–'],
    [0, '0', '0'],
    [-0.5, '-0.5', '-0.5'],
    [42, '42', '42'],
    [0.123456, '0.1235', '0.123456'],
    [99.99999, '100', '99.99999'],
    [1234, '1,234', '1,234'],
    [1234.5678, '1,235', '1,234.5678'],
    [12345.678, '12,346', '12,345.678'],
    [9_999_999, '9,999,999', '9,999,999'],
    [81_234_567_890, '81.23 G', '81,234,567,890'],
    [-12_000_000, '-12 M', '-12,000,000'],
    [1.5e300, '1.50e300', '1.5e+300'],
    [0.00001234, '1.23e-5', '0.00001234'],
    [9.2e18, '9.20e18', '9,200,000,000,000,000,000'],
  ])('%d is %s in the table, %s in full', (value, short, full) => {
    expect([metric(value), exactly(value)]).toEqual([short, full])
  })
})

test.each([
  [0, '0.0'],
  [12.34, '12.3'],
  [99.96, '100'],
  [12345.6, '12,346'],
])('%d events a second read %s', (perSecond, shown) => {
  expect(rate(perSecond)).toBe(shown)
})

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

test.each([
  [-3 * second, '0 s', '0 s'],
  [0, '0 s', '0 s'],
  [59.9 * second, '59 s', '59 s'],
  [minute, '1 min', '1 min'],
  [59 * minute + 59 * second, '59 min', '59 min'],
  [hour, '1 h', '1 h'],
  [72 * minute, '1 h', '1 h 12 min'],
  [day, '1 d', '1 d'],
  [day + 30 * minute, '1 d', '1 d'],
  [76 * hour, '3 d', '3 d 4 h'],
])('%d ms are %s old and last %s', (ms, old, long) => {
  expect([age(ms), duration(ms)]).toEqual([old, long])
})

describe('a time', () => {
  const now = at(2026, 11, 22, 14, 15)

  test.each([
    [at(2026, 11, 22, 14, 3), '14:03'],
    [at(2026, 11, 22, 0, 0), '00:00'],
    [at(2026, 11, 21, 23, 59), '21 Nov 23:59'],
    [at(2025, 11, 22, 9, 5), '22 Nov 09:05'],
  ])('%d is named %s', (ms, shown) => {
    expect(moment(ms, now)).toBe(shown)
  })

  test('is given to the second, and to the millisecond', () => {
    const ms = at(2026, 3, 4, 5, 6, 7, 8)
    expect([clockSeconds(ms), timestamp(ms)]).toEqual(['05:06:07', '2026-03-04 05:06:07.008'])
  })
})

test.each([
  [1000, 1010, 'on arrival'],
  [1000, 3300, '2.3 s before arrival'],
  [5000, 1000, '4.0 s after arrival'],
  [0, 72 * minute, '1 h 12 min before arrival'],
])('an event of %d that arrived at %d was %s', (time, arrival, shown) => {
  expect(lag(time, arrival)).toBe(shown)
})

test('counts are singular and plural', () => {
  expect([plural(1, 'host'), plural(0, 'host'), plural(2000, 'host')]).toEqual([
    '1 host',
    '0 hosts',
    '2,000 hosts',
  ])
})
