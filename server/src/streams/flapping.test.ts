import { pipe } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { SECOND } from '../clock/duration.ts'
import { type Arrival, Rig, states } from '../rules/rig.fixture.ts'
import { flapping } from './flapping.ts'
import { outByHost, outOf } from './operator.fixture.ts'

describe('flapping', () => {
  test.each<[string, readonly Arrival[], readonly string[]]>([
    ['without an event nothing comes', [], []],
    [
      'what does not change passes',
      states([1, 'a'], [2, 'a'], [3, 'b'], [40, 'b']),
      ['1: a @1', '2: a @2', '3: b @3', '40: b @40'],
    ],
    [
      'three changes in 10 s flap; the last event passes when it has not changed for 10 s',
      states([1, 'a'], [2, 'b'], [3, 'a'], [4, 'b'], [5, 'b'], [6, 'a'], [7, 'a'], [17, 'b'], [18, 'a']),
      ['1: a @1', '2: b @2', '3: a @3', '4: flapping @4', '16: a @7', '17: b @17', '18: a @18'],
    ],
    [
      'exactly the duration apart they do not',
      states([1, 'a'], [2, 'b'], [7, 'a'], [12, 'b'], [12.9, 'b']),
      ['1: a @1', '2: b @2', '7: a @7', '12: b @12', '12.9: b @12.9'],
    ],
    [
      'just below they do',
      states([1, 'a'], [2, 'b'], [7, 'a'], [11.9, 'b']),
      ['1: a @1', '2: b @2', '7: a @7', '11.9: flapping @11.9', '21.9: b @11.9'],
    ],
    [
      'older changes are forgotten one by one',
      states([0, 'a'], [1, 'b'], [9, 'a'], [14, 'b'], [18, 'a']),
      ['0: a @0', '1: b @1', '9: a @9', '14: b @14', '18: flapping @18', '28: a @18'],
    ],
    [
      'a missing state and an expired one are states',
      states([1, ''], [2, 'expired'], [3, ''], [4, 'expired']),
      ['1: @1', '2: expired @2', '3: @3', '4: flapping @4', '14: expired @4'],
    ],
  ])('%s', (_, input, expected) => {
    expect(outOf(flapping(3, '10s'), input, 99)).toEqual(expected)
  })

  test('by any value of the event; a throw of it drops that event', () => {
    const even = flapping(2, '10s', ({ metric = 0 }) => {
      if (metric === 13) throw new Error('thirteen')
      return metric % 2 === 0
    })
    const input = [2, 4, 13, 5, 6].map((metric, n) => [n, { metric }] as const)
    expect(outOf(even, input, 99)).toEqual([
      '0: 2 @0',
      '1: 4 @1',
      '3: 5 @3',
      '4: 6 flapping @4',
      '14: 6 @4',
      "rule 'rule 1', flapping: thirteen",
    ])
  })

  test('is of each key by itself', () => {
    const input = [
      [1, { host: 'a', state: 'x' }],
      [2, { host: 'b', state: 'x' }],
      [3, { host: 'a', state: 'y' }],
      [4, { host: 'a', state: 'x' }],
    ] as const
    expect(outByHost(flapping(2, '10s'), input, 9)).toEqual([
      '1: a x @1',
      '2: b x @2',
      '3: a y @3',
      '4: a flapping @4',
    ])
  })

  test('does not settle while the hub could not listen', () => {
    const rig = new Rig((rig) => [{ stream: pipe(flapping(2, '10s'), rig.note()) }])
    rig.send(0, { state: 'a' }, { state: 'b' }, { state: 'a' })
    rig.fold.gap(60 * SECOND)
    rig.run(99.9)
    expect(rig.seen).toEqual(['0 a', '0 b', '0 flapping'])
    rig.run(100)
    expect(rig.seen.at(-1)).toBe('100 a')
  })

  test('of fewer than two changes is refused', () => {
    expect(() => flapping(1, '10s')).toThrow('count has to be a whole number of at least 2')
  })
})
