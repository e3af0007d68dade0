import { describe, expect, test } from 'vitest'
import { type Arrival, metrics } from '../rules/rig.fixture.ts'
import { outByHost, outOf, sent } from './operator.fixture.ts'
import { percentiles } from './percentiles.ts'

const lag = (second: number, metric?: number): Arrival => sent(second, second, { service: 'lag', metric })

// When intervals begin, go on and end is told in part-time-fast.test.ts.
describe('percentiles', () => {
  test.each<[string, Parameters<typeof percentiles>[1], readonly Arrival[], readonly string[]]>([
    ['without an event nothing comes', [0.5], [], []],
    [
      'the events at these points, with their own times',
      [0, 0.25, 0.5, 0.9, 1],
      [lag(1, 8), lag(2, 3), lag(3, 5), lag(4, 9), lag(10.5, 1), lag(11, 77)],
      [
        ...[
          '11: lag 0 1 @10.5',
          '11: lag 0.25 3 @2',
          '11: lag 0.5 5 @3',
          '11: lag 0.9 9 @4',
          '11: lag 1 9 @4',
        ],
        ...[0, 0.25, 0.5, 0.9, 1].map((point) => `21: lag ${point} 77 @11`),
      ],
    ],
    [
      'with names of their own',
      [
        [0, '.min'],
        [0.5, '.mid'],
        [1, '.max'],
      ],
      [lag(1, 8), lag(2, 3), lag(3)],
      ['11: lag.min 3 @2', '11: lag.mid 8 @1', '11: lag.max 8 @1'],
    ],
    [
      'of equal metrics the order is that of arrival; without a service the point alone',
      [0.5, 0.99],
      [lag(0, 4), lag(1, 4), lag(2), sent(11, 11, { metric: 1 })],
      ['10: lag 0.5 4 @1', '10: lag 0.99 4 @1', '20:  0.5 1 @11', '20:  0.99 1 @11'],
    ],
    [
      'an expired event drops what was collected',
      [1],
      [lag(1, 8), sent(5, 5, { state: 'expired', metric: 9 }), lag(6, 3)],
      ['16: lag 1 3 @6'],
    ],
  ])('%s', (_, points, input, expected) => {
    expect(outOf(percentiles('10s', points), input, 32)).toEqual(expected)
  })

  test('of 0 to 100 they are what their names say', () => {
    const input = Array.from({ length: 101 }, (_, n) => lag(1, (n * 37) % 101))
    expect(outOf(percentiles('10s', [0, 0.5, 0.95, 0.99, 1]), input, 11)).toEqual(
      [
        [0, 0],
        [0.5, 50],
        [0.95, 95],
        [0.99, 99],
        [1, 100],
      ].map(([point, metric]) => `11: lag ${point} ${metric} @1`),
    )
  })

  test('beyond `max` the newest are dropped, counted and told', () => {
    expect(outOf(percentiles('10s', [1], { max: 2 }), metrics([1, 1], [2, 2], [3, 3]), 11)).toEqual([
      '11:  1 2 @2',
      "rule 'rule 1', percentiles: more than 2 events in one interval; the newest was dropped",
    ])
  })

  test('is of each key by itself', () => {
    const input = [sent(1, 1, { host: 'a', metric: 1 }), sent(2, 2, { host: 'b', metric: 2 })]
    expect(outByHost(percentiles('10s', [1]), input, 15)).toEqual(['11: a  1 1 @1', '12: b  1 2 @2'])
  })

  test.each([-0.1, 1.1, Number.NaN])('a point of %d is refused', (point) => {
    expect(() => percentiles('10s', [point])).toThrow(
      `points have to be numbers from 0 to 1; one is ${point}`,
    )
  })
})
