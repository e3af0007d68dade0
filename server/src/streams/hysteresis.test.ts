import { describe, expect, test } from 'vitest'
import { flow, metrics } from '../rules/rig.fixture.ts'
import { hysteresis } from './hysteresis.ts'
import { outByHost, outOf, sent } from './operator.fixture.ts'
import { above, atLeast, atMost, below } from './threshold.ts'

describe('hysteresis', () => {
  test('is raised at one threshold, cleared at the other, and in between stays what it was', () => {
    expect(
      flow(
        hysteresis(atLeast(90), below(80)),
        metrics([1, 85], [2, 89.9], [3, 90], [4, 89], [5, 80], [6, 79.9], [7, 89], [8, 95]),
        9,
      ),
    ).toEqual([
      '1 85 ok',
      '2 89.9 ok',
      '3 90 critical',
      '4 89 critical',
      '5 80 critical',
      '6 79.9 ok',
      '7 89 ok',
      '8 95 critical',
    ])
  })

  test('also where low is bad', () => {
    expect(
      flow(hysteresis(below(5), above(10)), metrics([1, 5], [2, 4], [3, 10], [4, 11], [5, 7]), 9),
    ).toEqual(['1 5 ok', '2 4 critical', '3 10 critical', '4 11 ok', '5 7 ok'])
  })

  test('without an event nothing comes', () => {
    expect(outOf(hysteresis(above(5), below(5)), [], 9)).toEqual([])
  })

  test('drops what has no metric; an expired event passes as it is and changes nothing', () => {
    const input = [
      sent(1, 1, { metric: 95 }),
      sent(2, 2),
      sent(3, 3, { metric: Number.NaN }),
      sent(4, 4, { metric: 1, state: 'expired' }),
      sent(5, 5, { metric: 85 }),
    ]
    expect(outOf(hysteresis(atLeast(90), below(80)), input, 9)).toEqual([
      '1: 95 critical @1',
      '4: 1 expired @4',
      '5: 85 critical @5',
    ])
  })

  test('is of each key by itself', () => {
    const input = [
      sent(1, 1, { host: 'a', metric: 95 }),
      sent(2, 2, { host: 'b', metric: 85 }),
      sent(3, 3, { host: 'a', metric: 85 }),
    ]
    expect(outByHost(hysteresis(atLeast(90), below(80)), input, 9)).toEqual([
      '1: a 95 critical @1',
      '2: b 85 ok @2',
      '3: a 85 critical @3',
    ])
  })

  test.each([
    [above(90), atLeast(80)],
    [below(5), below(10)],
    [above(80), below(90)],
    [atLeast(80), atMost(80)],
  ])('%j and %j are refused', (raise, clear) => {
    expect(() => hysteresis(raise, clear)).toThrow('one threshold has to be above or atLeast')
  })
})
