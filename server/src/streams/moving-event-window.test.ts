import { pipe } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { metrics } from '../rules/rig.fixture.ts'
import { map } from './map.ts'
import { movingEventWindow } from './moving-event-window.ts'
import { outByHost, outOf } from './operator.fixture.ts'

const four = metrics([1, 1], [2, 2], [3, 3], [4, 4])

describe('movingEventWindow', () => {
  test.each([
    [3, ['1: [1 @1]', '2: [1 @1, 2 @2]', '3: [1 @1, 2 @2, 3 @3]', '4: [2 @2, 3 @3, 4 @4]']],
    [1, ['1: [1 @1]', '2: [2 @2]', '3: [3 @3]', '4: [4 @4]']],
    [0, ['1: []', '2: []', '3: []', '4: []']],
  ])('of %d holds the last ones, oldest first', (count, expected) => {
    expect(outOf(movingEventWindow(count), four, 9)).toEqual(expected)
  })

  test('hands on nothing without an event', () => {
    expect(outOf(movingEventWindow(2), [], 99)).toEqual([])
  })

  test('goes by arrival, whatever the times and states', () => {
    expect(
      outOf(
        movingEventWindow(2),
        [
          [1, { time: 9_000_000, state: 'expired' }],
          [2, { time: 0 }],
        ],
        9,
      ),
    ).toEqual(['1: [expired @9]', '2: [expired @9, @0]'])
  })

  test('is of each key by itself', () => {
    const input = [
      [1, { host: 'a' }],
      [2, { host: 'b' }],
      [3, { host: 'a' }],
    ] as const
    expect(outByHost(movingEventWindow(2), input, 9)).toEqual(['1: [a @1]', '2: [b @2]', '3: [a @1, a @3]'])
  })

  test('a list counts as one value, and what follows may throw', () => {
    const fragile = pipe(
      movingEventWindow(2),
      map((window: readonly unknown[]) => {
        if (window.length === 2) throw new Error('two')
        return window.length
      }),
    )
    expect(outOf(fragile, metrics([1, 1], [2, 2]), 9)).toEqual(['1: 1', "rule 'rule 1', map: two"])
    expect(outOf(pipe(movingEventWindow(1), movingEventWindow(2)), metrics([1, 1], [2, 2]), 9)).toEqual([
      '1: [[1 @1]]',
      '2: [[1 @1], [2 @2]]',
    ])
  })

  test.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('of %d is refused', (count) => {
    expect(() => movingEventWindow(count)).toThrow(
      `'movingEventWindow': count has to be a whole number of at least 0; it is ${count}`,
    )
  })
})
