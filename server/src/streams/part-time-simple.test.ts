import { pipe } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { SECOND } from '../clock/duration.ts'
import { type Arrival, metrics } from '../rules/rig.fixture.ts'
import { fillInLast } from './fill-in-last.ts'
import { outByHost, outOf, sent } from './operator.fixture.ts'
import { partTimeSimple } from './part-time-simple.ts'

const windows = partTimeSimple<readonly number[], string>('10s', {
  // The last metric of the window before is told, so that what `reset` gets shows.
  reset: (before) => (before === null ? [] : [-(before.at(-1) ?? 0)]),
  add(held, { metric = 0 }) {
    if (metric === 13) throw new Error('thirteen')
    return [...held, metric]
  },
  each(held, { metric }, emit) {
    if (metric === 15) throw new Error('fifteen')
    if (metric === 99) emit(`99 after ${held.length}`)
  },
  finish(held, { start, end }, emit) {
    if (held.includes(14)) throw new Error('fourteen')
    emit(`${start / SECOND} to ${end / SECOND}: ${held.join(' ')}`)
  },
})

describe('partTimeSimple', () => {
  test('what another timer hands on at the very end of a window is still in it', () => {
    const ticks = pipe(fillInLast('5s', { metric: 7 }), windows)
    expect(outOf(ticks, metrics([0, 1]), 21)).toEqual(['10: 0 to 10: 1 7 7', '20: 10 to 20: -7 7 7'])
  })

  test.each<[string, readonly Arrival[], readonly string[]]>([
    ['without an event nothing comes', [], []],
    [
      'windows follow each other from when the rule began; only those with events are told',
      metrics([3, 1], [9, 2], [10, 3], [41, 4]),
      ['10: 0 to 10: 1 2', '20: 10 to 20: -2 3', '50: 40 to 50: -3 4'],
    ],
    ['each event may hand something on at once', metrics([3, 99]), ['3: 99 after 1', '10: 0 to 10: 99']],
    ['an expired event is an ordinary one', [sent(3, 3, { state: 'expired' })], ['10: 0 to 10: 0']],
    [
      'a throw of add or each drops that event, and no window is open by it',
      metrics([1, 13], [12, 15], [21, 1], [22, 13], [23, 15], [24, 2]),
      [
        '30: 20 to 30: 1 2',
        "rule 'rule 1', partTimeSimple: thirteen",
        "rule 'rule 1', partTimeSimple: fifteen",
        "rule 'rule 1', partTimeSimple: thirteen",
      ],
    ],
    [
      'a throw of finish drops what it would have handed on',
      metrics([1, 14], [11, 2]),
      ['20: 10 to 20: -14 2', "rule 'rule 1', partTimeSimple: fourteen"],
    ],
  ])('%s', (_, input, expected) => {
    expect(outOf(windows, input, 99, { eager: true })).toEqual(expected)
  })

  test('is of each key by itself, from its first event on', () => {
    const input = [sent(1, 1, { host: 'a', metric: 1 }), sent(3, 3, { host: 'b', metric: 2 })]
    expect(outByHost(windows, input, 99)).toEqual(['11: 1 to 11: 1', '13: 3 to 13: 2'])
  })
})
