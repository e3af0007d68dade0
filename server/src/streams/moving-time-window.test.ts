import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { movingTimeWindow } from './moving-time-window.ts'
import { outByHost, outOf, sent } from './operator.fixture.ts'

/** Events at one moment, with these times. */
const times = (...list: readonly number[]) => list.map((time) => sent(0, time))

describe('movingTimeWindow', () => {
  test.each([
    [
      'by the times of the events, in the order in which they came',
      times(20, 25, 30, 29, 19, 41, 31, 32),
      ['[@20]', '[@20, @25]', '[@25, @30]', '[@25, @30, @29]', '[@41]', '[@41, @32]'],
    ],
    [
      'exactly the duration old is out, when it comes and when it is there',
      times(20, 12, 10, 9, 25, 15, 15.1),
      ['[@20]', '[@20, @12]', '[@20, @25]', '[@20, @25, @15.1]'],
    ],
    ['what happened at the epoch or before is dropped', times(0, -3, 0.001, 1), ['[@0.001]', '[@0.001, @1]']],
    ['one that is ahead drops those that come after it', times(10, 500, 11, 12), ['[@10]', '[@500]']],
  ])('%s', (_, input, expected) => {
    expect(outOf(movingTimeWindow('10s'), input, 99)).toEqual(expected.map((list) => `0: ${list}`))
  })

  test('hands on nothing without an event, and nothing by the clock', () => {
    expect(outOf(movingTimeWindow('10s'), [], 99)).toEqual([])
    expect(outOf(movingTimeWindow('10s'), [sent(1, 1)], 99)).toEqual(['1: [@1]'])
  })

  test('expired events are ordinary ones', () => {
    expect(outOf(movingTimeWindow('10s'), [sent(1, 1, { state: 'expired' })], 9)).toEqual(['1: [expired @1]'])
  })

  test('beyond `max` the oldest is left out, counted and told', () => {
    expect(outOf(movingTimeWindow('10s', { max: 2 }), times(1, 2, 3), 9)).toEqual([
      '0: [@1]',
      '0: [@1, @2]',
      '0: [@2, @3]',
      "rule 'rule 1', movingTimeWindow: more than 2 events in one window; the oldest was left out",
    ])
  })

  test('is of each key by itself', () => {
    const input = [sent(1, 1, { host: 'a' }), sent(2, 50, { host: 'b' }), sent(3, 3, { host: 'a' })]
    expect(outByHost(movingTimeWindow('10s'), input, 9)).toEqual([
      '1: [a @1]',
      '2: [b @50]',
      '3: [a @1, a @3]',
    ])
  })

  test('wrong parameters are refused', () => {
    expect(() => movingTimeWindow(0)).toThrow("'0' is not a duration")
    expect(() => movingTimeWindow('10s', { max: 0 })).toThrow('max has to be a whole number of at least 1')
  })

  test('whatever the order of times, it is what was seen of the last seconds', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 30 }), (seconds) => {
        let latest = 0
        let window: readonly number[] = []
        const expected = seconds.flatMap((second) => {
          latest = Math.max(latest, second)
          const from = Math.max(0, latest - 10)
          if (second <= from) return []
          window = [...window, second].filter((other) => other > from)
          return [`0: [${window.map((other) => `@${other}`).join(', ')}]`]
        })
        const input = seconds.map((second) => sent(0, second))
        expect(outOf(movingTimeWindow('10s'), input, 99)).toEqual(expected)
      }),
      { numRuns: 50 },
    )
  })
})
