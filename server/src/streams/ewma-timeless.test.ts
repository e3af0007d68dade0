import { describe, expect, test } from 'vitest'
import { metrics } from '../rules/rig.fixture.ts'
import { ewmaTimeless } from './ewma-timeless.ts'
import { outByHost, outOf } from './operator.fixture.ts'

describe('ewmaTimeless', () => {
  test.each([
    [0.25, ['1: 25 @1', '2: 43.75 @2', '3: 32.8125 @3', '4: 19.609375 @4']],
    [1, ['1: 100 @1', '2: 100 @2', '3: 0 @3', '4: -20 @4']],
    [0, ['1: 0 @1', '2: 0 @2', '3: 0 @3', '4: 0 @4']],
  ])('with a weight of %d', (r, expected) => {
    expect(outOf(ewmaTimeless(r), metrics([1, 100], [2, 100], [3, 0], [4, -20]), 9)).toEqual(expected)
  })

  test('what has no metric passes and changes nothing; no event, nothing', () => {
    expect(
      outOf(
        ewmaTimeless(0.25),
        [
          [1, { metric: 8 }],
          [2, {}],
          [3, { metric: 8 }],
        ],
        9,
      ),
    ).toEqual(['1: 2 @1', '2: @2', '3: 3.5 @3'])
    expect(outOf(ewmaTimeless(0.25), [], 9)).toEqual([])
  })

  test('is of each key by itself', () => {
    const input = [
      [1, { host: 'a', metric: 8 }],
      [2, { host: 'b', metric: 4 }],
      [3, { host: 'a', metric: 8 }],
    ] as const
    expect(outByHost(ewmaTimeless(0.5), input, 9)).toEqual(['1: a 4 @1', '2: b 2 @2', '3: a 6 @3'])
  })

  test.each([-0.1, 1.1, Number.NaN])('a weight of %d is refused', (r) => {
    expect(() => ewmaTimeless(r)).toThrow(`r has to be a number from 0 to 1; it is ${r}`)
  })
})
