import { pipe } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { SECOND } from '../clock/duration.ts'
import { type Arrival, Rig } from '../rules/rig.fixture.ts'
import { clockSkew } from './clock-skew.ts'
import { outOf, sent } from './operator.fixture.ts'

/** A host says at one moment that it is another. */
const says = (second: number, host: string, time: number, ttl?: number): Arrival =>
  sent(second, time, { host, ...(ttl === undefined ? {} : { ttl }) })

describe('clockSkew', () => {
  test.each<[string, readonly Arrival[], readonly string[]]>([
    ['without an event nothing comes', [], []],
    [
      'against the median of all clocks as they stand now, its own included; the upper one of two',
      [says(0, 'a', 0), says(10, 'b', 12), says(20, 'c', 19), says(30, 'a', 30)],
      ['0: a 0 @0', '10: b 0 @12', '20: c -1 @19', '30: a 0 @30'],
    ],
    [
      'a host whose clock is far behind is no expired one',
      [says(1000, 'a', 1000), says(1001, 'b', 1001), says(1002, 'c', 2)],
      ['1000: a 0 @1000', '1001: b 0 @1001', '1002: c -1000 @2'],
    ],
    [
      'an expired event passes, and its host counts no longer',
      [
        says(0, 'a', 100),
        says(0, 'b', 0),
        says(0, 'c', 0),
        sent(1, 1, { host: 'a', state: 'expired' }),
        says(2, 'd', 0),
      ],
      ['0: a 0 @100', '0: b -100 @0', '0: c 0 @0', '1: a expired @1', '2: d -2 @0'],
    ],
    [
      'a host counts for its ttl, exactly its end included, and once more',
      [
        ...[
          says(0, 'a', 0, 1000),
          says(0, 'b', 0, 1000),
          says(0, 'c', 50, 9),
          says(0, 'd', 50, 10),
          says(0, 'e', 50, 1000),
        ],
        ...[says(10, 'a', 10, 1000), says(10.5, 'a', 10.5, 1000), says(11, 'a', 11, 1000)],
      ],
      [
        ...[
          '0: a 0 ttl 1000 @0',
          '0: b 0 ttl 1000 @0',
          '0: c 50 ttl 9 @50',
          '0: d 0 ttl 10 @50',
          '0: e 0 ttl 1000 @50',
        ],
        ...['10: a -50 ttl 1000 @10', '10.5: a -50 ttl 1000 @10.5', '11: a 0 ttl 1000 @11'],
      ],
    ],
    [
      'any name is a name, and none is one',
      [says(0, '__proto__', 5), sent(0, 9), says(0, '__proto__', 5)],
      ['0: __proto__ 0 @5', '0: 0 @9', '0: __proto__ -4 @5'],
    ],
  ])('%s', (_, input, expected) => {
    // Not in a by, where there is one host in each group.
    expect(outOf(clockSkew(), input, 99, { eager: true })).toEqual(expected)
  })

  test('an expired event of a host that is not known passes', () => {
    expect(outOf(clockSkew(), [sent(1, 1, { host: 'a', state: 'expired' })], 9)).toEqual(['1: a expired @1'])
  })

  test('beyond `max` new hosts are refused, known ones are not', () => {
    const input = [says(0, 'a', 0), says(1, 'b', 0), says(2, 'c', 0), says(3, 'a', 3)]
    expect(outOf(clockSkew({ max: 2 }), input, 9, { eager: true })).toEqual([
      '0: a 0 @0',
      '1: b -1 @0',
      '3: a 0 @3',
      "rule 'rule 1', clockSkew: more than 2 hosts; an event of a new one was dropped (at c)",
    ])
  })

  test('no host is lost while the hub could not listen', () => {
    const rig = new Rig((rig) => [{ stream: pipe(clockSkew(), rig.note()) }])
    rig.send(0, { host: 'a', time: 50 * SECOND }, { host: 'b', time: 50 * SECOND })
    rig.fold.gap(1000 * SECOND)
    rig.send(1001, { host: 'c' }).send(1002, { host: 'd' })
    expect(rig.seen).toEqual(['0 a 0', '0 b 0', '1001 c -50', '1002 d -50'])
  })
})
