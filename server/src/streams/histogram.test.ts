import { describe, expect, test } from 'vitest'
import { type Arrival, metrics } from '../rules/rig.fixture.ts'
import { histogram } from './histogram.ts'
import { outByHost, outOf, sent } from './operator.fixture.ts'

const lag = (second: number, metric?: number): Arrival => sent(second, second, { service: 'lag', metric })

// When intervals begin, go on and end is told in part-time-fast.test.ts.
describe('histogram', () => {
  test.each<[string, readonly Arrival[], readonly string[]]>([
    ['without an event nothing comes', [], []],
    [
      'how many were at most each bound, the bound included, and how many there were',
      [lag(1, 0.1), lag(2, 1), lag(3, 1.001), lag(4, 20), lag(5, -1), lag(6)],
      ['11: lag le 0.1 2 @11', '11: lag le 1 3 @11', '11: lag le 10 4 @11', '11: lag le inf 5 @11'],
    ],
    [
      'an expired event drops what was counted',
      [lag(1, 1), sent(5, 5, { state: 'expired' }), sent(6, 6, { metric: 5 })],
      ['16:  le 0.1 0 @16', '16:  le 1 0 @16', '16:  le 10 1 @16', '16:  le inf 1 @16'],
    ],
    ['metrics that are no numbers are not counted', metrics([1, Number.NaN]), []],
  ])('%s', (_, input, expected) => {
    expect(outOf(histogram('10s', [0.1, 1, 10]), input, 40)).toEqual(expected)
  })

  test('is of each key by itself', () => {
    const input = [sent(1, 1, { host: 'a', metric: 1 }), sent(2, 2, { host: 'b', metric: 2 })]
    expect(outByHost(histogram('10s', [1]), input, 15)).toEqual([
      '11: a  le 1 1 @11',
      '11: a  le inf 1 @11',
      '12: b  le 1 0 @12',
      '12: b  le inf 1 @12',
    ])
  })

  test.each([[[]], [[1, 1]], [[2, 1]], [[Number.NaN]], [[1, Number.POSITIVE_INFINITY]]])(
    'bounds of %j are refused',
    (bounds) => {
      expect(() => histogram('10s', bounds)).toThrow(
        'bounds have to be numbers, each larger than the one before; they are',
      )
    },
  )
})
