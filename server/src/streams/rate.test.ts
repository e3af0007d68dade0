import { pipe } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { SECOND } from '../clock/duration.ts'
import { type Arrival, metrics, Rig } from '../rules/rig.fixture.ts'
import { outByHost, outOf, sent } from './operator.fixture.ts'
import { rate } from './rate.ts'

// When it begins, goes on and ends is told in ticking.test.ts.
describe('rate', () => {
  test.each<[string, readonly Arrival[], number, readonly string[]]>([
    ['without an event nothing comes', [], 99, []],
    [
      'the sum of the metrics by the second, in the last event; the ttl is that of the events, then runs down',
      [
        [0, { service: 'a', metric: 10, ttl: 20 }],
        [2, { service: 'b', metric: 5, ttl: 20 }],
        [7, { service: 'c', metric: 20, ttl: 20 }],
      ],
      60,
      [
        '5: b 3 ttl 20 @5',
        '10: c 4 ttl 20 @10',
        '15: c 0 ttl 15 @15',
        '20: c 0 ttl 10 @20',
        '25: c 0 ttl 5 @25',
      ],
    ],
    [
      'an event at the end of an interval is of the next',
      metrics([0, 5], [5, 10]),
      10,
      ['5: 1 @5', '10: 2 @10'],
    ],
    [
      'before there was a metric, nothing but a rate of 0',
      [
        [0, { service: 'a' }],
        [6, { service: 'b', metric: 10 }],
      ],
      11,
      ['5: 0 @5', '10: b 2 @10'],
    ],
    [
      'the metric of an expired event is of the next run',
      [
        [0, { service: 'a', metric: 10 }],
        [6, { metric: 100, state: 'expired' }],
        [7, { service: 'a', metric: 1 }],
      ],
      13,
      ['5: a 2 @5', '12: a 20.2 @12'],
    ],
    [
      'an event whose metric is no number counts as one without',
      metrics([0, 5], [1, Number.NaN]),
      5,
      ['5: 1 @5'],
    ],
    [
      'a sum that is no number any more is refused',
      metrics([0, 1.7e308], [1, 1.7e308], [2, -1.7e308]),
      5,
      ['5: 0 @5', "rule 'rule 1', rate: the result, Infinity, is no number that can be kept"],
    ],
  ])('%s', (_, input, until, expected) => {
    expect(outOf(rate('5s'), input, until)).toEqual(expected)
  })

  test('an interval may be a part of a second', () => {
    expect(outOf(rate(0.5), metrics([0, 1], [0.25, 0.5], [0.5, 2]), 1.5)).toEqual([
      '0.5: 3 @0.5',
      '1: 4 @1',
      '1.5: 0 @1.5',
    ])
  })

  test('is of each key by itself', () => {
    const input = [sent(0, 0, { host: 'a', metric: 5 }), sent(2, 2, { host: 'b', metric: 10 })]
    expect(outByHost(rate('5s'), input, 8)).toEqual(['5: a 1 @5', '7: b 2 @7'])
  })

  test('a time in which the hub could not listen makes no rate of 0, and counts for none', () => {
    const rig = new Rig((rig) => [{ stream: pipe(rate('5s'), rig.note()) }])
    rig.send(0, { metric: 5 }).run(2)
    rig.fold.gap(62 * SECOND)
    rig.send(63, { metric: 65 }).run(101)
    // The interval is longer by the gap and the grace; it listened for 35 s of it.
    expect(rig.seen).toEqual(['95 2', '100 0'])
  })
})
