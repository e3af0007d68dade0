import { describe, expect, test } from 'vitest'
import { metrics } from '../rules/rig.fixture.ts'
import { fixedEventWindow } from './fixed-event-window.ts'
import { outByHost, outOf } from './operator.fixture.ts'

const seven = metrics([1, 1], [2, 2], [3, 3], [4, 4], [5, 5], [6, 6], [7, 7])

describe('fixedEventWindow', () => {
  test.each([
    [3, ['3: [1 @1, 2 @2, 3 @3]', '6: [4 @4, 5 @5, 6 @6]']],
    [1, seven.map((_, n) => `${n + 1}: [${n + 1} @${n + 1}]`)],
    [8, []],
    [0, []],
  ])('of %d hands each event on once, and never a part', (count, expected) => {
    expect(outOf(fixedEventWindow(count), seven, 1000)).toEqual(expected)
  })

  test('hands on nothing without an event', () => {
    expect(outOf(fixedEventWindow(1), [], 99)).toEqual([])
  })

  test('is of each key by itself', () => {
    const input = (['a', 'b', 'a', 'b'] as const).map((host, n) => [n + 1, { host }] as const)
    expect(outByHost(fixedEventWindow(2), input, 9)).toEqual(['3: [a @1, a @3]', '4: [b @2, b @4]'])
  })

  test.each([-1, 0.5])('of %d is refused', (count) => {
    expect(() => fixedEventWindow(count)).toThrow('count has to be a whole number of at least 0')
  })
})
