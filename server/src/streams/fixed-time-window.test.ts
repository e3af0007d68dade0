import { describe, expect, test } from 'vitest'
import { fixedTimeWindow } from './fixed-time-window.ts'
import { outByHost, outOf, sent } from './operator.fixture.ts'
import { EMPTY_LIMIT } from './successive-windows.ts'

const times = (...list: readonly number[]) => list.map((time) => sent(0, time))

describe('fixedTimeWindow', () => {
  test.each([
    [
      'from the first event on; late events are dropped, empty windows handed on',
      times(13, 22, 23, 14, 9, 60, 52, 53, 63),
      ['[@13, @22]', '[@23]', '[]', '[]', '[@60, @53]'],
    ],
    [
      'a window contains its start and not its end',
      times(3, 4, 12.9, 13, 22, 23),
      ['[@3, @4, @12.9]', '[@13, @22]'],
    ],
    ['times before the epoch are times', times(-13, -4, -3), ['[@-13, @-4]']],
  ])('%s', (_, input, expected) => {
    expect(outOf(fixedTimeWindow('10s'), input, 99)).toEqual(expected.map((list) => `0: ${list}`))
  })

  test('hands on nothing without an event, and nothing by the clock', () => {
    expect(outOf(fixedTimeWindow('10s'), [], 99)).toEqual([])
    expect(outOf(fixedTimeWindow('10s'), times(1, 2), 99)).toEqual([])
  })

  test('expired events are members', () => {
    const input = [sent(1, 1, { state: 'expired' }), sent(2, 2), sent(90, 3), sent(91, 6)]
    expect(outOf(fixedTimeWindow('4s'), input, 99)).toEqual(['91: [expired @1, @2, @3]'])
  })

  test('is of each key by itself', () => {
    const input = [sent(1, 1, { host: 'a' }), sent(2, 50, { host: 'b' }), sent(3, 11, { host: 'a' })]
    expect(outByHost(fixedTimeWindow('10s'), input, 9)).toEqual(['3: [a @1]'])
  })

  test('beyond `max` the newest are dropped, counted and told', () => {
    expect(outOf(fixedTimeWindow('10s', { max: 2 }), times(1, 2, 3, 4, 11), 9)).toEqual([
      '0: [@1, @2]',
      "rule 'rule 1', fixedTimeWindow: more than 2 events in one window; the newest was dropped",
    ])
  })

  test('an event far ahead makes no endless row of empty lists', () => {
    const out = outOf(fixedTimeWindow('1s'), times(0, 1e9, 1e9 + 1), 9)
    expect(out.filter((entry) => entry === '0: []')).toHaveLength(EMPTY_LIMIT)
    expect(out.at(-2)).toBe('0: [@1000000000]')
    expect(out.at(-1)).toBe(
      "rule 'rule 1', fixedTimeWindow: an event 1000000000 windows later; only 1000 empty ones were handed on",
    )
    expect(outOf(fixedTimeWindow('1s'), times(0, EMPTY_LIMIT + 1), 9)).toHaveLength(EMPTY_LIMIT + 1)
  })

  test('a width of nothing is refused', () => {
    expect(() => fixedTimeWindow(0)).toThrow("'0' is not a duration")
  })
})
