import { pipe } from 'rxjs'
import { describe, expect, test } from 'vitest'
import type { Event } from 'weir-protocol'
import { SECOND } from '../clock/duration.ts'
import { type Arrival, flow, metrics, Rig } from '../rules/rig.fixture.ts'
import { held } from './held.ts'
import { outByHost, outOf, sent } from './operator.fixture.ts'

const high = (event: Event) => (event.metric ?? 0) > 5

describe('held', () => {
  test.each<[string, readonly Arrival[], readonly string[]]>([
    ['without an event nothing comes', [], []],
    ['it comes true between two events', metrics([1, 9], [3, 8]), ['1 9 ok', '3 8 ok', '6 8 critical']],
    [
      'once it has, further events are critical',
      metrics([1, 9], [7, 8]),
      ['1 9 ok', '6 9 critical', '7 8 critical'],
    ],
    ['shorter than that it never does', metrics([1, 9], [5, 1], [9, 2]), ['1 9 ok', '5 1 ok', '9 2 ok']],
    [
      'false at the very moment comes after it',
      metrics([1, 9], [6, 1]),
      ['1 9 ok', '6 9 critical', '6 1 ok'],
    ],
    [
      'counting begins anew after it was false',
      metrics([1, 9], [4, 1], [5, 9]),
      ['1 9 ok', '4 1 ok', '5 9 ok', '10 9 critical'],
    ],
    [
      'an expired event passes as it is and breaks it',
      [
        [1, { metric: 9 }],
        [3, { metric: 9, state: 'expired' }],
      ],
      ['1 9 ok', '3 9 expired'],
    ],
  ])('%s', (_, input, expected) => {
    expect(flow(held(high, '5s'), input, 60)).toEqual(expected)
    expect(outOf(held(high, '5s'), input, 60)).toHaveLength(expected.length)
  })

  test('a condition that throws costs that event alone', () => {
    const strict = (event: Event) => {
      if (event.metric === undefined) throw new Error('no metric')
      return high(event)
    }
    expect(
      flow(
        held(strict, '5s'),
        [
          [1, { metric: 9 }],
          [2, {}],
        ],
        9,
      ),
    ).toEqual(['1 9 ok', '6 9 critical', "rule 'rule 1', held: no metric"])
  })

  test('is of each key by itself', () => {
    const input = [
      sent(1, 1, { host: 'a', metric: 9 }),
      sent(2, 2, { host: 'b', metric: 9 }),
      sent(4, 4, { host: 'b', metric: 1 }),
    ]
    expect(outByHost(held(high, '5s'), input, 20)).toEqual([
      '1: a 9 ok @1',
      '2: b 9 ok @2',
      '4: b 1 ok @4',
      '6: a 9 critical @1',
    ])
  })

  test('no time is counted while the hub could not listen', () => {
    const rig = new Rig((rig) => [{ stream: pipe(held(high, '5s'), rig.note()) }])
    rig.send(1, { metric: 9 })
    rig.fold.gap(60 * SECOND)
    rig.run(94.9)
    expect(rig.seen).toEqual(['1 9 ok'])
    rig.run(95)
    expect(rig.seen).toEqual(['1 9 ok', '95 9 critical'])
  })
})
