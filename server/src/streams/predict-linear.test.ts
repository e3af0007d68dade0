import { describe, expect, test } from 'vitest'
import type { Arrival } from '../rules/rig.fixture.ts'
import { outByHost, outOf, sent } from './operator.fixture.ts'
import { predictLinear } from './predict-linear.ts'

const at = (time: number, metric: number): Arrival => sent(time, time, { metric })

describe('predictLinear', () => {
  test.each<[string, number, readonly Arrival[], readonly string[]]>([
    ['without an event nothing comes', 3, [], []],
    ['the first event hands on nothing', 3, [at(0, 1)], []],
    [
      'the line through the last ones, so far ahead of the event',
      3,
      [at(0, 0), at(10, 5), at(20, 40), at(30, 40)],
      ['10: 10 @10', '20: 55 @20', '30: 63.3333333333 @30'],
    ],
    ['of two it is the line through both', 2, [at(0, 0), at(1, 1), at(2, 4)], ['1: 11 @1', '2: 34 @2']],
    ['where all are of one moment it says nothing', 2, [at(1, 2), at(1, 3), at(2, 4)], ['2: 14 @2']],
    [
      'events without a metric are dropped and change nothing',
      2,
      [at(1, 2), sent(2, 2), at(3, 4)],
      ['3: 14 @3'],
    ],
    [
      'expired events are ordinary ones',
      2,
      [at(1, 2), sent(2, 2, { metric: 3, state: 'expired' })],
      ['2: 13 expired @2'],
    ],
    [
      'a metric that no line can be put through is refused and changes nothing',
      2,
      [at(1, 2), at(2, 1e200), at(3, 4)],
      ['3: 14 @3', "rule 'rule 1', predictLinear: the metric 1e+200 is too large to put a line through"],
    ],
  ])('%s', (_, count, input, expected) => {
    expect(outOf(predictLinear(count, '10s'), input, 99)).toEqual(expected)
  })

  test('with `refit` an old line is read on for so long', () => {
    expect(
      outOf(
        predictLinear(2, '10s', { refit: '5s' }),
        [at(0, 0), at(1, 1), at(2, 0), at(5, 0), at(6, 6), at(7, 0)],
        99,
      ),
    ).toEqual(['1: 11 @1', '2: 12 @2', '5: 15 @5', '6: 66 @6', '7: 72 @7'])
  })

  test('is of each key by itself', () => {
    const input = [
      sent(1, 1, { host: 'a', metric: 1 }),
      sent(2, 2, { host: 'b', metric: 50 }),
      sent(3, 3, { host: 'a', metric: 3 }),
    ]
    expect(outByHost(predictLinear(5, '10s'), input, 9)).toEqual(['3: a 13 @3'])
  })

  test.each([1, 0, 2.5])('of %d events is refused', (count) => {
    expect(() => predictLinear(count, '10s')).toThrow('count has to be a whole number of at least 2')
  })
})
