import { describe, expect, test } from 'vitest'
import type { Arrival } from '../rules/rig.fixture.ts'
import { ewma } from './ewma.ts'
import { outByHost, outOf, sent } from './operator.fixture.ts'

const at = (time: number, metric: number): Arrival => sent(0, time, { metric })

describe('ewma', () => {
  test.each<[string, number, readonly Arrival[], readonly string[]]>([
    ['without an event nothing comes', 1, [], []],
    [
      'what was there is half after the half-life, exactly',
      0.5,
      [at(0, 8), at(1, 8), at(2, 0), at(4, 0)],
      ['0: 6 @0', '0: 7.5 @1', '0: 1.875 @2', '0: 0.1171875 @4'],
    ],
    [
      'several at one time are added; a late one enters with what it weighs by now, and has the latest time',
      1,
      [at(0, 1), at(0, 1), at(2, 1), at(1, 1)],
      ['0: 0.5 @0', '0: 1 @0', '0: 0.75 @2', '0: 1 @2'],
    ],
    [
      'what has no metric passes and changes nothing',
      1,
      [at(5, 1), sent(0, 50, { service: 'x' }), at(6, 1)],
      ['0: 0.5 @5', '0: x @50', '0: 0.75 @6'],
    ],
  ])('%s', (_, halfLife, input, expected) => {
    expect(outOf(ewma(halfLife), input, 9)).toEqual(expected)
  })

  test('is of each key by itself', () => {
    const input = [
      sent(1, 1, { host: 'a', metric: 8 }),
      sent(2, 2, { host: 'b', metric: 4 }),
      sent(3, 2, { host: 'a', metric: 8 }),
    ]
    expect(outByHost(ewma('1s'), input, 9)).toEqual(['1: a 4 @1', '2: b 2 @2', '3: a 6 @2'])
  })

  test('a half-life of nothing is refused', () => {
    expect(() => ewma(0)).toThrow("'0' is not a duration")
  })
})
