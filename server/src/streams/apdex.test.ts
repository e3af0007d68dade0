import { describe, expect, test } from 'vitest'
import type { Event } from 'weir-protocol'
import { type Arrival, metrics, states } from '../rules/rig.fixture.ts'
import { apdex } from './apdex.ts'
import { outByHost, outOf, sent } from './operator.fixture.ts'

const upTo = (limit: number) => (event: Event) => {
  if (event.metric === 13) throw new Error('thirteen')
  return (event.metric ?? Number.NaN) <= limit
}
const pages = apdex('10s', upTo(2), upTo(8))

describe('apdex', () => {
  test.each<[string, readonly Arrival[], readonly string[]]>([
    ['without an event nothing comes', [], []],
    [
      'what satisfies, and half of what is tolerated, of all; what comes at the end is of the next window',
      metrics([1, 1], [2, 2], [3, 5], [9, 30], [10, 8]),
      ['10: 0.625 @9', '20: 0.5 @10'],
    ],
    ['a window without events hands on nothing', metrics([35, 1]), ['40: 1 @35']],
    ['an event without a metric is neither', [sent(1, 1, { metric: 1 }), sent(2, 2)], ['10: 0.5 @2']],
    [
      'expired events are left out',
      [sent(1, 1, { metric: 1 }), sent(2, 2, { state: 'expired' }), sent(12, 12, { state: 'expired' })],
      ['10: 1 @1'],
    ],
    [
      'a test that throws drops that event',
      metrics([1, 13], [2, 1], [12, 13]),
      ['10: 1 @2', "rule 'rule 1', apdex: thirteen", "rule 'rule 1', apdex: thirteen"],
    ],
  ])('%s', (_, input, expected) => {
    expect(outOf(pages, input, 99, { eager: true })).toEqual(expected)
  })

  test('by a match as in `where`', () => {
    expect(
      outOf(
        apdex('10s', { state: 'ok' }, { state: 'w*' }),
        states([1, 'ok'], [2, 'warning'], [3, 'x'], [4, 'expired']),
        40,
        { eager: true },
      ),
    ).toEqual(['10: 0.5 x @3'])
  })

  test('is of each key by itself, from its first event on', () => {
    const input = [sent(1, 1, { host: 'a', metric: 1 }), sent(2, 2, { host: 'b', metric: 5 })]
    expect(outByHost(pages, input, 15)).toEqual(['11: a 1 @1', '12: b 0.5 @2'])
  })
})
