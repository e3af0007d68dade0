import { pipe } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { SECOND } from '../clock/duration.ts'
import { type Arrival, metrics, Rig } from '../rules/rig.fixture.ts'
import { fillIn } from './fill-in.ts'
import { outByHost, outOf, sent } from './operator.fixture.ts'

const filled = fillIn('5s', { service: 's', metric: 0 })

describe('fillIn', () => {
  test.each<[string, readonly Arrival[], number, readonly string[]]>([
    ['without an event from when the rule began', [], 12, ['5: s 0 @5', '10: s 0 @10']],
    [
      'each event puts it off; an expired one ends it until the next',
      [
        ...metrics([7, 1], [9, 2]),
        sent(20, 20, { metric: 3, state: 'expired' }),
        sent(33, 33, { metric: 4 }),
      ],
      40,
      [
        '5: s 0 @5',
        '7: 1 @7',
        '9: 2 @9',
        '14: s 0 @14',
        '19: s 0 @19',
        '20: 3 expired @20',
        '33: 4 @33',
        '38: s 0 @38',
      ],
    ],
    [
      'an event that comes exactly then comes after it',
      metrics([5, 1], [10, 2]),
      12,
      ['5: s 0 @5', '5: 1 @5', '10: s 0 @10', '10: 2 @10'],
    ],
    [
      'an event whose own time is long past is no expired one',
      [sent(4, 0, { metric: 1, ttl: 1 })],
      9,
      ['4: 1 ttl 1 @0', '9: s 0 @9'],
    ],
  ])('%s', (_, input, until, expected) => {
    expect(outOf(filled, input, until, { eager: true })).toEqual(expected)
  })

  test('is of each key by itself, from its first event on', () => {
    const input = [
      sent(1, 1, { host: 'a' }),
      sent(3, 3, { host: 'b' }),
      sent(4, 4, { host: 'b', state: 'expired' }),
    ]
    expect(outByHost(filled, input, 12)).toEqual([
      '1: a @1',
      '3: b @3',
      '4: b expired @4',
      '6: s 0 @6',
      '11: s 0 @11',
    ])
  })

  test('fills nothing in while the hub could not listen, nor all the time before it ran', () => {
    const rig = new Rig((rig) => [{ stream: pipe(filled, rig.note()) }])
    rig.fold.gap(1_790_000_000 * SECOND)
    rig.run(1_790_000_035)
    rig.fold.gap(1_790_000_100 * SECOND)
    rig.run(1_790_000_135)
    expect(rig.seen).toEqual(['1790000035 s 0', '1790000135 s 0'])
  })

  test('an interval of nothing is refused', () => {
    expect(() => fillIn(0, {})).toThrow("'0' is not a duration")
  })
})
