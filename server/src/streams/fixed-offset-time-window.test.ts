import { describe, expect, test } from 'vitest'
import { fixedOffsetTimeWindow } from './fixed-offset-time-window.ts'
import { outByHost, outOf, sent } from './operator.fixture.ts'

const times = (...list: readonly number[]) => list.map((time) => sent(0, time))

describe('fixedOffsetTimeWindow', () => {
  test.each([
    [
      'from a multiple of the duration on',
      times(13, 19, 20, 45, 46, 50),
      ['[@13, @19]', '[@20]', '[]', '[@45, @46]'],
    ],
    ['also before the epoch', times(-13, -20, -10, -21, 3, 10), ['[@-13, @-20]', '[@-10]', '[@3]']],
    ['exactly on one', times(10, 19.999, 9, 20), ['[@10, @19.999]']],
  ])('%s', (_, input, expected) => {
    expect(outOf(fixedOffsetTimeWindow('10s'), input, 99)).toEqual(expected.map((list) => `0: ${list}`))
  })

  test('hands on nothing without an event', () => {
    expect(outOf(fixedOffsetTimeWindow('10s'), [], 99)).toEqual([])
  })

  test('is of each key by itself', () => {
    const input = [sent(1, 9, { host: 'a' }), sent(2, 50, { host: 'b' }), sent(3, 10, { host: 'a' })]
    expect(outByHost(fixedOffsetTimeWindow('10s'), input, 9)).toEqual(['3: [a @9]'])
  })
})
