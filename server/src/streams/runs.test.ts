import { describe, expect, test } from 'vitest'
import type { Event } from 'weir-protocol'
import { states } from '../rules/rig.fixture.ts'
import { outByHost, outOf } from './operator.fixture.ts'
import { runs } from './runs.ts'

const input = states([1, 'up'], [2, 'up'], [3, 'up'], [4, 'up'], [5, 'no'], [6, 'up'], [7, 'up'], [8, 'up'])

describe('runs', () => {
  test.each<[number, readonly number[]]>([
    [3, [3, 4, 8]],
    [2, [2, 3, 4, 7, 8]],
    [1, [1, 2, 3, 4, 5, 6, 7, 8]],
    [0, []],
    [5, []],
  ])('of %d pass from the last one on', (count, expected) => {
    const seconds = outOf(runs(count), input, 9).map((entry) => Number.parseInt(entry, 10))
    expect(seconds).toEqual(expected)
  })

  test('a missing value is a value', () => {
    expect(outOf(runs(2), states([1, ''], [2, ''], [3, 'expired'], [4, 'expired']), 9)).toEqual([
      '2: @2',
      '4: expired @4',
    ])
    expect(outOf(runs(2), [], 9)).toEqual([])
  })

  test('by any value of the event; a throw of it drops that event', () => {
    const high = (event: Event) => {
      if (event.metric === 13) throw new Error('thirteen')
      return (event.metric ?? 0) > 5
    }
    const metrics = [1, 9, 13, 6, 7, 2].map((metric, n) => [n, { metric }] as const)
    expect(outOf(runs(2, high), metrics, 9)).toEqual(['3: 6 @3', '4: 7 @4', "rule 'rule 1', runs: thirteen"])
  })

  test('is of each key by itself', () => {
    const hosts = (['a', 'b', 'a', 'b'] as const).map((host, n) => [n, { host, state: 'up' }] as const)
    expect(outByHost(runs(2), hosts, 9)).toEqual(['2: a up @2', '3: b up @3'])
  })

  test.each([-1, 1.5])('of %d is refused', (count) => {
    expect(() => runs(count)).toThrow('count has to be a whole number of at least 0')
  })
})
