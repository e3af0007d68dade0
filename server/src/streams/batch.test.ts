import { pipe } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { SECOND } from '../clock/duration.ts'
import { type Arrival, metrics, Rig } from '../rules/rig.fixture.ts'
import { batch } from './batch.ts'
import { outByHost, outOf } from './operator.fixture.ts'

describe('batch', () => {
  test.each<[string, number, readonly Arrival[], readonly string[]]>([
    ['without an event nothing comes', 3, [], []],
    [
      'when there are so many, and what is left at the end of each window',
      3,
      metrics([1, 1], [2, 2], [3, 3], [4, 4], [11, 11], [12, 12], [25, 25]),
      ['3: [1 @1, 2 @2, 3 @3]', '10: [4 @4]', '20: [11 @11, 12 @12]', '30: [25 @25]'],
    ],
    [
      'a full list begins no window; what comes at the end is of the next',
      2,
      metrics([8, 1], [9, 2], [9.5, 3], [10, 4], [25, 5]),
      ['9: [1 @8, 2 @9]', '10: [3 @9.5]', '20: [4 @10]', '30: [5 @25]'],
    ],
    ['none at a time is one at a time', 0, metrics([1, 1], [2, 2]), ['1: [1 @1]', '2: [2 @2]']],
    ['one at a time', 1, metrics([1, 1], [2, 2]), ['1: [1 @1]', '2: [2 @2]']],
  ])('%s', (_, count, input, expected) => {
    expect(outOf(batch(count, '10s'), input, 99, { eager: true })).toEqual(expected)
  })

  test('is of each key by itself, from its first event on; expired events are values', () => {
    const input = [
      [3, { host: 'a' }],
      [5, { host: 'b', state: 'expired' }],
      [6, { host: 'a' }],
    ] as const
    expect(outByHost(batch(9, '10s'), input, 99)).toEqual(['13: [a @3, a @6]', '15: [b expired @5]'])
  })

  test('a list counts as one value', () => {
    expect(
      outOf(pipe(batch(2, '10s'), batch(2, '50s')), metrics([1, 1], [11, 2], [31, 3]), 99, { eager: true }),
    ).toEqual(['20: [[1 @1], [2 @11]]', '50: [[3 @31]]'])
  })

  test('a window ends when it ends, even while the hub could not listen', () => {
    const rig = new Rig((rig) => [{ stream: pipe(batch(9, '10s'), rig.note()) }])
    rig.send(1, { metric: 1 })
    rig.fold.gap(60 * SECOND)
    expect(rig.seen).toEqual(['10 [1]'])
  })

  test.each([-1, 1.5])('of %d is refused', (count) => {
    expect(() => batch(count, '10s')).toThrow('count has to be a whole number of at least 0')
  })
})
