import fc from 'fast-check'
import { pipe } from 'rxjs'
import { describe, expect, test } from 'vitest'
import type { Event } from 'weir-protocol'
import { SECOND } from '../clock/duration.ts'
import { type Arrival, Rig } from '../rules/rig.fixture.ts'
import { rule } from '../rules/rule.ts'
import { at, every, lines, play } from '../testing/index.ts'
import { alert } from './alert.ts'
import { by } from './by.ts'
import * as folds from './folds/index.ts'
import { map } from './map.ts'
import { line, outByHost, outOf, sent } from './operator.fixture.ts'
import { smap } from './smap.ts'
import { timeWindow } from './time-window.ts'

const tumbling = timeWindow('10s', { lateness: '3s' })
const hopping = timeWindow('10s', { lateness: '3s', every: '5s' })
const unbroken = timeWindow('10s', { lateness: '3s', empty: true })

describe('timeWindow', () => {
  test.each<[string, readonly Arrival[], readonly string[]]>([
    ['without an event nothing comes', [], []],
    [
      'is handed on by the clock, `lateness` after its end; windows without events are left out',
      [sent(12, 12), sent(19, 19), sent(45, 45)],
      ['23: [@12, @19]', '53: [@45]'],
    ],
    [
      'contains its start and not its end',
      [sent(10, 10), sent(19.9, 19.9), sent(20, 20)],
      ['23: [@10, @19.9]', '33: [@20]'],
    ],
    [
      'what comes late is in its place; of equal times what came first stands first',
      [
        sent(12, 12, { metric: 1 }),
        sent(21, 21),
        sent(22, 12, { metric: 2 }),
        sent(22.9, 11),
        sent(22.9, 19),
      ],
      ['23: [@11, 1 @12, 2 @12, @19]', '33: [@21]'],
    ],
    [
      'what comes when its window is closed is dropped, also where nothing had been in it',
      [sent(12, 12), sent(23, 19.9), sent(43, 39.9), sent(43, 40)],
      [
        '23: [@12]',
        '53: [@40]',
        "rule 'rule 1', timeWindow: an event of 3s 100ms ago came after its window had closed; it was dropped",
        "rule 'rule 1', timeWindow: an event of 3s 100ms ago came after its window had closed; it was dropped",
      ],
    ],
    [
      'an event may be ahead of the clock by `lateness`, and no further',
      [sent(12, 15), sent(18, 21), sent(18, 21.1)],
      [
        '23: [@15]',
        '33: [@21]',
        "rule 'rule 1', timeWindow: an event was 3s 100ms ahead of the hub's clock; it was dropped",
      ],
    ],
    [
      'one ahead of the clock does not close the windows before',
      [sent(19, 21), sent(22, 15)],
      ['23: [@15]', '33: [@21]'],
    ],
    [
      'expired events are in none',
      [sent(1, 1, { state: 'expired' }), sent(12, 12), sent(15, 15, { state: 'expired' })],
      ['23: [@12]'],
    ],
    ['times before the epoch are times', [sent(1, -1), sent(2, 2)], ['3: [@-1]', '13: [@2]']],
  ])('%s', (_, input, expected) => {
    expect(outOf(tumbling, input, 99)).toEqual(expected)
  })

  test.each<[string, readonly Arrival[], readonly string[]]>([
    [
      'each event is in as many as overlap',
      [sent(12, 12), sent(16, 16), sent(34, 34)],
      ['18: [@12]', '23: [@12, @16]', '28: [@16]', '38: [@34]', '43: [@34]'],
    ],
    [
      'what is too late for the first is in those that are open',
      [sent(12, 12), sent(18, 14), sent(23, 11)],
      [
        '18: [@12]',
        '23: [@12, @14]',
        "rule 'rule 1', timeWindow: an event of 12s ago came after its window had closed; it was dropped",
      ],
    ],
    [
      'one for an earlier window than was waited for is handed on first',
      [sent(12, 15), sent(12, 9)],
      ['13: [@9]', '18: [@9]', '23: [@15]', '28: [@15]'],
    ],
  ])('where they overlap: %s', (_, input, expected) => {
    expect(outOf(hopping, input, 99)).toEqual(expected)
  })

  test('with `empty` every window is handed on, from that of the first event on until an expired one comes', () => {
    const input = [sent(12, 12), sent(55, 55, { state: 'expired' }), sent(81, 81)]
    expect(outOf(unbroken, input, 105)).toEqual([
      '23: [@12]',
      '33: []',
      '43: []',
      '53: []',
      '93: [@81]',
      '103: []',
    ])
  })

  test('is of each key by itself', () => {
    const input = [sent(11, 11, { host: 'a' }), sent(12, 12, { host: 'b' }), sent(21, 13, { host: 'a' })]
    expect(outByHost(tumbling, input, 99)).toEqual(['23: [a @11, a @13]', '23: [b @12]'])
  })

  test('beyond `max` the newest are dropped, until a window has gone', () => {
    const small = timeWindow('10s', { lateness: '3s', max: 2 })
    const input = [sent(11, 11), sent(12, 12), sent(13, 13), sent(24, 24), sent(25, 25)]
    expect(outOf(small, input, 99)).toEqual([
      '23: [@11, @12]',
      '33: [@24, @25]',
      "rule 'rule 1', timeWindow: more than 2 events in open windows; the newest was dropped",
    ])
  })

  describe('where the hub could not listen from 22 s to 82 s', () => {
    const away = (operator: typeof tumbling, before: readonly Arrival[], after: readonly Arrival[]) => {
      const rig = new Rig((rig) => [{ stream: pipe(operator, map(line), rig.note()) }])
      for (const arrival of before) rig.send(...arrival)
      rig.run(22)
      rig.fold.gap(82 * SECOND)
      for (const arrival of after) rig.send(...arrival)
      rig.run(130)
      return [...rig.seen, ...rig.failures]
    }
    const kept = [sent(82.5, 21), sent(83, 50), sent(84, 82)]

    test('open windows wait for what was kept for it, and those in between take it', () => {
      expect(away(tumbling, [sent(12, 12)], [...kept, sent(85, 15)])).toEqual([
        '113 [@12, @15]',
        '113 [@21]',
        '113 [@50]',
        '113 [@82]',
      ])
    })

    test('so it is where none was open', () => {
      expect(away(tumbling, [sent(2, 2)], kept)).toEqual(['13 [@2]', '85.5 [@21]', '85.5 [@50]', '93 [@82]'])
    })

    test('its windows are not said to be empty', () => {
      expect(away(unbroken, [sent(12, 12)], [])).toEqual(['113 [@12]', '123 []'])
    })
  })

  test('in a rule: the mean of each minute, though some of it comes late', () => {
    const latency = { host: 'web-1', service: 'latency', ttl: 60 }
    const judged = rule('slow', {
      match: { service: 'latency' },
      stream: by(
        'host',
        timeWindow('1m', { lateness: '10s' }),
        smap(folds.mean),
        map((event: Event) => ({ ...event, state: (event.metric ?? 0) > 5 ? 'critical' : 'ok' })),
        alert({ summary: 'slow', notify: [] }),
      ),
    })
    const played = play(
      judged,
      every('10s', { from: '0s', until: '3m' }, { ...latency, metric: 3 }),
      // It is of the second minute, and nearly too late for it.
      at('129s', { ...latency, metric: 30, time: 119 * SECOND }),
    )
    expect(played.timetable({ until: '4m' })).toBe(lines`
      2m 10s  firing    critical  web-1 latency  -> nobody
      3m 10s  resolved  ok        web-1 latency  -> nobody`)
  })

  test('an `every` that does not divide it is refused', () => {
    expect(() => timeWindow('1m', { lateness: '1s', every: '25s' })).toThrow(
      'every has to divide the duration; 1m is no multiple of 25s',
    )
    expect(() => timeWindow('1m', { lateness: '1s', every: '2m' })).toThrow('1m is no multiple of 2m')
    expect(() => timeWindow('1m', { lateness: 0 })).toThrow("'0' is not a duration")
  })
})

describe('whatever comes, and when', () => {
  /** When an event happens, in seconds, and how late it comes. */
  const some = fc.array(fc.tuple(fc.nat({ max: 60 }), fc.integer({ min: -4, max: 25 })), { maxLength: 20 })

  /** By the definition: each event in all windows that contain its time and are open when it comes. */
  const expected = (input: readonly (readonly [second: number, time: number])[], every: number) => {
    const windows = new Map<number, number[]>()
    for (const [second, time] of input) {
      const start = Math.floor(time / every) * every
      for (let end = start + every; end <= start + 10; end += every) {
        if (second < end + 3 && time <= second + 3) windows.set(end, [...(windows.get(end) ?? []), time])
      }
    }
    return [...windows]
      .toSorted(([one], [other]) => one - other)
      .map(
        ([end, times]) =>
          `${end + 3}: [${times
            .toSorted((a, b) => a - b)
            .map((time) => `@${time}`)
            .join(', ')}]`,
      )
  }

  test.each([
    ['one after the other', tumbling, 10],
    ['overlapping', hopping, 5],
  ])('the windows are those of the definition, %s', (_, operator, step) => {
    fc.assert(
      fc.property(some, (events) => {
        const input = events
          .map(([time, late]) => [10 + time + late, 10 + time] as const)
          .toSorted(([one], [other]) => one - other)
        const arrivals = input.map(([second, time]) => sent(second, time))
        const seen = outOf(operator, arrivals, 120).filter((entry) => !entry.startsWith('rule'))
        expect(seen).toEqual(expected(input, step))
      }),
      { numRuns: 50 },
    )
  })
})
