import { describe, expect, test } from 'vitest'
import { SECOND } from '../clock/duration.ts'
import { type Arrival, metrics } from '../rules/rig.fixture.ts'
import { outByHost, outOf, sent } from './operator.fixture.ts'
import { partTimeFast } from './part-time-fast.ts'

/** Bins of metrics, with when they began and ended. */
const bins = partTimeFast<readonly number[], string>('5s', {
  create: () => [],
  add(bin, { metric = 0 }) {
    if (metric === 13) throw new Error('thirteen')
    return [...bin, metric]
  },
  finish(bin, { start, end }, emit) {
    if (bin.includes(14)) throw new Error('fourteen')
    emit(`${start / SECOND} to ${end / SECOND}: ${bin.join(' ')}`)
  },
})

describe('partTimeFast', () => {
  test.each<[string, readonly Arrival[], number, readonly string[]]>([
    ['without an event nothing begins', [], 99, []],
    [
      'bins begin with the first event and follow each other, empty ones too; what comes at the end is of the next',
      metrics([2, 1], [3, 2], [7, 3], [11.9, 4]),
      18,
      ['2 to 7: 1 2', '7 to 12: 3 4', '12 to 17: '],
    ],
    [
      'where the ttl is over, the bin waits for the next event',
      [sent(2, 2, { metric: 1, ttl: 3 }), sent(41, 41, { metric: 2, ttl: 10 })],
      60,
      ['2 to 46: 1 2', '46 to 51: '],
    ],
    [
      'an expired event drops the bin; the next one begins another',
      [sent(0, 0, { metric: 1 }), sent(3, 3, { state: 'expired' }), sent(4, 4, { metric: 2 })],
      9,
      ['4 to 9: 2'],
    ],
    ['an expired event begins none', [sent(0, 0, { metric: 1, state: 'expired' })], 99, []],
    [
      'a throw of add drops that event, one of finish that bin',
      metrics([0, 1], [1, 13], [2, 2], [6, 14], [11, 3]),
      15,
      ['0 to 5: 1 2', '10 to 15: 3', "rule 'rule 1', partTimeFast: thirteen"],
    ],
  ])('%s', (_, input, until, expected) => {
    expect(outOf(bins, input, until).map((entry) => entry.replace(/^[\d.]+: /, ''))).toEqual(expected)
  })

  test('is of each key by itself', () => {
    const input = [sent(1, 1, { host: 'a', metric: 1 }), sent(3, 3, { host: 'b', metric: 2 })]
    expect(outByHost(bins, input, 9)).toEqual(['6: 1 to 6: 1', '8: 3 to 8: 2'])
  })
})
