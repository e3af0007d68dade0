import { describe, expect, test } from 'vitest'
import type { Arrival } from '../rules/rig.fixture.ts'
import { ddtReal } from './ddt-real.ts'
import { outByHost, outOf, sent } from './operator.fixture.ts'

const at = (second: number, metric: number, time = second): Arrival => sent(second, time, { metric })

// When it begins, goes on and ends is told in ticking.test.ts.
describe('ddtReal', () => {
  test.each<[string, number, readonly Arrival[], number, readonly string[]]>([
    ['without an event nothing comes', 5, [], 99, []],
    [
      'between the last events of two intervals, by their times; 0 where none came',
      5,
      [at(1, 10), at(2, 13), at(7, 20), at(14, 27)],
      27,
      ['6: 3 @6', '11: 1.4 @11', '16: 1 @16', '21: 0 @21', '26: 0 @26'],
    ],
    [
      'the first tick takes note at once, so that an event at the second tick is not compared yet',
      10,
      [at(0, 0), at(4, 8), at(15, 30)],
      45,
      ['10: 2 @10', '20: 2 @20', '30: 0 @30', '40: 0 @40'],
    ],
    ['equal times have a rate of 0', 2, [at(1, 1, 1), at(2, 5, 1), at(3.5, 9, 1)], 6, ['3: 0 @3', '5: 0 @5']],
    [
      'after an expired event it compares with what stood before',
      4,
      [at(0, 0), at(3, 30), at(5, 10), sent(10, 10, { state: 'expired' }), at(31, 60)],
      35,
      ['4: 10 @4', '8: -10 @8', '31: 1.92307692308 @31', '35: 0 @35'],
    ],
    ['events without a metric only keep it going', 5, [sent(1, 1), at(3, 1), at(8, 2)], 11, ['11: 0.2 @11']],
  ])('%s', (_, interval, input, until, expected) => {
    expect(outOf(ddtReal(interval), input, until)).toEqual(expected)
  })

  test('is of each key by itself', () => {
    const input = [
      sent(1, 1, { host: 'a', metric: 1 }),
      sent(2, 2, { host: 'b', metric: 50 }),
      sent(3, 3, { host: 'a', metric: 5 }),
    ]
    expect(outByHost(ddtReal('5s'), input, 8)).toEqual(['6: a 2 @6', '7: b 0 @7'])
  })
})
