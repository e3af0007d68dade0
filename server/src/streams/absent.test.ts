import { pipe } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { SECOND } from '../clock/duration.ts'
import { type Arrival, Rig } from '../rules/rig.fixture.ts'
import { absent } from './absent.ts'
import { outByHost, outOf, sent } from './operator.fixture.ts'

const from = (second: number, host: string, state?: string): Arrival =>
  sent(second, second, state === undefined ? { host } : { host, state })

describe('absent', () => {
  test.each<[string, readonly Arrival[], readonly string[]]>([
    ['what was never heard is said once', [], ['5: a critical @5', '5: b critical @5']],
    [
      'what is heard is ok, and others are dropped',
      [from(1, 'a'), from(2, 'c')],
      ['1: a ok @1', '5: b critical @5', '6: a critical @6'],
    ],
    [
      'each event puts it off',
      [from(3, 'a'), from(4, 'b'), from(7, 'b'), from(7.5, 'a')],
      [
        '3: a ok @3',
        '4: b ok @4',
        '7: b ok @7',
        '7.5: a ok @7.5',
        '12: b critical @12',
        '12.5: a critical @12.5',
      ],
    ],
    [
      'an event of that very moment comes after it',
      [from(5, 'a')],
      ['5: a critical @5', '5: b critical @5', '5: a ok @5', '10: a critical @10'],
    ],
    [
      'what comes back is ok, and may be absent again',
      [from(20, 'b'), from(22, 'a')],
      [
        '5: a critical @5',
        '5: b critical @5',
        '20: b ok @20',
        '22: a ok @22',
        '25: b critical @25',
        '27: a critical @27',
      ],
    ],
    ['expired events are not heard', [from(1, 'a', 'expired')], ['5: a critical @5', '5: b critical @5']],
  ])('%s', (_, input, expected) => {
    expect(outOf(absent('host', ['a', 'b', 'a'], '5s'), input, 60, { eager: true })).toEqual(expected)
  })

  test('of services, with fields of what is said', () => {
    expect(
      outOf(absent('service', ['backup'], '5s', { host: 'store', ttl: 60 }), [], 9, { eager: true }),
    ).toEqual(['5: store backup critical ttl 60 @5'])
  })

  test('inside of a `by` it begins with each key', () => {
    const input = [sent(1, 1, { host: 'x', service: 's' }), sent(3, 3, { host: 'y', service: 'other' })]
    expect(outByHost(absent('service', ['s'], '5s'), input, 20)).toEqual([
      '1: x s ok @1',
      '6: s critical @6',
      '8: s critical @8',
    ])
  })

  test('no time is counted while the hub could not listen', () => {
    const rig = new Rig((rig) => [{ stream: pipe(absent('host', ['a', 'b'], '5s'), rig.note()) }])
    rig.send(1, { host: 'a' })
    rig.fold.gap(60 * SECOND)
    rig.run(93.9)
    expect(rig.seen).toEqual(['1 a ok'])
    rig.run(99)
    expect(rig.seen).toEqual(['1 a ok', '94 a critical', '94 b critical'])
  })

  test('an empty list is refused', () => {
    expect(() => absent('host', [], '5s')).toThrow(
      'expected has to name 1 to 10000 of field host; it names 0',
    )
  })
})
