import { describe, expect, test } from 'vitest'
import type { Arrival } from '../rules/rig.fixture.ts'
import { interpolateConstant } from './interpolate-constant.ts'
import { outByHost, outOf, sent } from './operator.fixture.ts'

// When it begins, goes on and ends is told in ticking.test.ts.
describe('interpolateConstant', () => {
  test.each<[string, readonly Arrival[], readonly string[]]>([
    ['without an event nothing comes', [], []],
    [
      'the latest event, at once and then every interval, until its ttl is over',
      [sent(0, 0, { metric: 1 }), sent(2, 2, { metric: 2 }), sent(12, 12, { metric: 3, ttl: 9 })],
      ['0: 1 @0', '5: 2 @5', '10: 2 @10', '15: 3 ttl 9 @15', '20: 3 ttl 9 @20'],
    ],
    [
      'an expired event is passed at once, and ends it',
      [sent(0, 0, { metric: 1 }), sent(12, 12, { metric: 3, state: 'expired' })],
      ['0: 1 @0', '5: 1 @5', '10: 1 @10', '12: 3 expired @12'],
    ],
    [
      'an expired event is passed also where nothing was heard',
      [sent(3, 3, { state: 'expired' })],
      ['3: expired @3'],
    ],
    [
      'it begins again with the next event, at another moment',
      [sent(0, 0, { ttl: 2 }), sent(13, 13, { ttl: 6 })],
      ['0: ttl 2 @0', '13: ttl 6 @13', '18: ttl 6 @18'],
    ],
    [
      'an event at a tick comes after it',
      [sent(0, 0, { metric: 1 }), sent(5, 5, { metric: 2, ttl: 5 })],
      ['0: 1 @0', '5: 1 @5', '10: 2 ttl 5 @10'],
    ],
  ])('%s', (_, input, expected) => {
    expect(outOf(interpolateConstant('5s'), input, 60)).toEqual(expected)
  })

  test('is of each key by itself', () => {
    const input = [sent(1, 1, { host: 'a' }), sent(3, 3, { host: 'b' })]
    expect(outByHost(interpolateConstant('5s'), input, 7)).toEqual(['1: a @1', '3: b @3', '6: a @6'])
  })
})
