import { pipe } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { SECOND } from '../clock/duration.ts'
import { type Arrival, Rig } from '../rules/rig.fixture.ts'
import { deadman } from './deadman.ts'
import { outByHost, outOf, sent } from './operator.fixture.ts'

describe('deadman', () => {
  test.each<[string, readonly Arrival[], readonly string[]]>([
    ['before the first event nothing is said', [], []],
    ['silence is said once', [sent(1, 1, { metric: 7 })], ['1: 7 ok @1', '6: 7 critical @6']],
    [
      'each event puts it off',
      [sent(1, 1), sent(5, 5), sent(9, 9)],
      ['1: ok @1', '5: ok @5', '9: ok @9', '14: critical @14'],
    ],
    [
      'an event of that very moment comes after it',
      [sent(1, 1), sent(6, 6)],
      ['1: ok @1', '6: critical @6', '6: ok @6', '11: critical @11'],
    ],
    [
      'what is heard again is ok, and may fall silent again',
      [sent(1, 1), sent(20, 20)],
      ['1: ok @1', '6: critical @6', '20: ok @20', '25: critical @25'],
    ],
    [
      'an expired event does not count as heard',
      [sent(1, 1), sent(4, 4, { state: 'expired' })],
      ['1: ok @1', '6: critical @6'],
    ],
    ["a sender's clock plays no part", [sent(1, 500)], ['1: ok @500', '6: critical @6']],
  ])('%s', (_, input, expected) => {
    expect(outOf(deadman('5s'), input, 60)).toEqual(expected)
  })

  test('is of each key by itself', () => {
    const input = [sent(1, 1, { host: 'a' }), sent(2, 2, { host: 'b' }), sent(4, 4, { host: 'a' })]
    expect(outByHost(deadman('5s'), input, 20)).toEqual([
      '1: a ok @1',
      '2: b ok @2',
      '4: a ok @4',
      '7: b critical @7',
      '9: a critical @9',
    ])
  })

  test('no time is counted while the hub could not listen', () => {
    const rig = new Rig((rig) => [{ stream: pipe(deadman('5s'), rig.note()) }])
    rig.send(1, {})
    rig.fold.gap(60 * SECOND)
    rig.run(94.9)
    expect(rig.seen).toEqual(['1 ok'])
    rig.run(95)
    expect(rig.seen).toEqual(['1 ok', '95 critical'])
  })
})
