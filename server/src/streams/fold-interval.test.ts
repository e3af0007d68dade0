import { pipe } from 'rxjs'
import { describe, expect, test } from 'vitest'
import type { Event } from 'weir-protocol'
import { type Arrival, metrics } from '../rules/rig.fixture.ts'
import { foldInterval } from './fold-interval.ts'
import { map } from './map.ts'
import { outByHost, outOf, sent } from './operator.fixture.ts'

const sum = (numbers: readonly number[]) => numbers.reduce((before, number) => before + number, 0)
const largest = (numbers: readonly number[]) => {
  if (numbers.length === 0) throw new Error('of nothing')
  return Math.max(...numbers)
}

// When intervals begin, go on and end is told in part-time-fast.test.ts.
describe('foldInterval', () => {
  test.each<[string, (numbers: readonly number[]) => number, readonly Arrival[], readonly string[]]>([
    ['without an event nothing comes', sum, [], []],
    [
      'the last event of an interval, with the fold of its values; an empty one has nothing else',
      sum,
      [
        sent(0, 0, { service: 'a', metric: 1 }),
        sent(3, 3, { service: 'b', metric: 2 }),
        sent(5, 5, { service: 'c' }),
      ],
      ['10: b 3 @3', '20: 0 @20', '30: 0 @30'],
    ],
    [
      'what the fold throws is counted, and intervals go on',
      largest,
      metrics([0, 1], [12, 4]),
      ['10: 1 @0', '20: 4 @12', "rule 'rule 1', foldInterval: of nothing"],
    ],
    [
      'a number that is none is counted as a throw',
      (numbers) => sum(numbers) / numbers.length,
      metrics([0, 1]),
      [
        '10: 1 @0',
        ...[0, 0].map(() => "rule 'rule 1', foldInterval: the result, NaN, is no number that can be kept"),
      ],
    ],
    [
      'an expired event drops what was collected',
      sum,
      [sent(0, 0, { metric: 1 }), sent(3, 3, { state: 'expired', metric: 5 }), sent(14, 14, { metric: 2 })],
      ['24: 2 @14'],
    ],
  ])('%s', (_, fold, input, expected) => {
    expect(outOf(foldInterval('10s', 'metric', fold), input, 30)).toEqual(expected)
  })

  test('of any field', () => {
    const worst = foldInterval('10s', 'state', (states) => states.find((state) => state !== 'ok'))
    const input = [
      sent(0, 0, { state: 'ok' }),
      sent(1, 1, { state: 'bad' }),
      sent(2, 2, { state: 'ok' }),
      sent(3, 3),
    ]
    expect(outOf(worst, input, 20)).toEqual(['10: bad @2', '20: @20'])
  })

  test('of an attribute', () => {
    const first = foldInterval('10s', { attribute: 'rack' }, (racks) => racks.toSorted()[0])
    const racks = ['r3', 'r1', 'r2'].map((rack, n) => sent(n, n, { attributes: { rack, room: 'x' } }))
    const seen: unknown[] = []
    const note = map((event: Event) => {
      seen.push(event.attributes)
      return event
    })
    outOf(pipe(first, note), racks, 20)
    expect(seen.slice(0, 2)).toEqual([{ rack: 'r1', room: 'x' }, {}])
  })

  test('beyond `max` the newest are dropped, counted and told', () => {
    expect(
      outOf(foldInterval('10s', 'metric', sum, { max: 2 }), metrics([1, 1], [2, 2], [3, 3]), 11),
    ).toEqual([
      '11: 3 @2',
      "rule 'rule 1', foldInterval: more than 2 values in one interval; the newest was dropped",
    ])
  })

  test('is of each key by itself', () => {
    const input = [sent(1, 1, { host: 'a', metric: 1 }), sent(2, 2, { host: 'b', metric: 2 })]
    expect(outByHost(foldInterval('10s', 'metric', sum), input, 15)).toEqual(['11: a 1 @1', '12: b 2 @2'])
  })
})
