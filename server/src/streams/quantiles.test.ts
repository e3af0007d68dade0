import { describe, expect, test } from 'vitest'
import type { Arrival } from '../rules/rig.fixture.ts'
import { outByHost, outOf, sent } from './operator.fixture.ts'
import { quantiles } from './quantiles.ts'

const lag = (second: number, metric?: number): Arrival => sent(second, second, { service: 'lag', metric })
/** Buckets then end at powers of 3. */
const coarse = { error: 0.5 }

// When intervals begin, go on and end is told in part-time-fast.test.ts.
describe('quantiles', () => {
  test.each<[string, readonly Arrival[], readonly string[]]>([
    ['without an event nothing comes', [], []],
    [
      'about the metrics at these points: 1 to 3 is 1.5, 3 to 9 is 4.5',
      [lag(1, 2), lag(2, 8), lag(3, 2.9), lag(4, -8), lag(5, 0), lag(6)],
      ['11: lag 0 -4.5 @11', '11: lag 0.5 1.5 @11', '11: lag max 4.5 @11'],
    ],
    [
      'an expired event drops what was counted',
      [lag(1, 800), sent(5, 5, { state: 'expired' }), lag(6, 2)],
      ['16: lag 0 1.5 @16', '16: lag 0.5 1.5 @16', '16: lag max 1.5 @16'],
    ],
    [
      'a metric that is too large is refused and changes nothing',
      [lag(1, 2), lag(2, 1e19)],
      [
        ...['11: lag 0 1.5 @11', '11: lag 0.5 1.5 @11', '11: lag max 1.5 @11'],
        "rule 'rule 1', quantiles: the metric 10000000000000000000 is beyond 1000000000000000000 (at lag)",
      ],
    ],
  ])('%s', (_, input, expected) => {
    expect(outOf(quantiles('10s', [0, 0.5, [1, ' max']], coarse), input, 40)).toEqual(expected)
  })

  test('is of each key by itself', () => {
    const input = [sent(1, 1, { host: 'a', metric: 2 }), sent(2, 2, { host: 'b', metric: 8 })]
    expect(outByHost(quantiles('10s', [[1, 'max']], coarse), input, 15)).toEqual([
      '11: a max 1.5 @11',
      '12: b max 4.5 @12',
    ])
  })

  test('points and errors out of range are refused', () => {
    expect(() => quantiles('10s', [1.5])).toThrow('points have to be numbers from 0 to 1')
    expect(() => quantiles('10s', [1], { error: 0.001 })).toThrow(
      'error has to be a number from 0.005 to 0.5',
    )
  })
})
