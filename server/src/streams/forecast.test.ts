import fc from 'fast-check'
import { pipe } from 'rxjs'
import { describe, expect, test } from 'vitest'
import type { Event } from 'weir-protocol'
import { type Arrival, flow, metrics } from '../rules/rig.fixture.ts'
import { forecast } from './forecast.ts'
import { map } from './map.ts'
import { outByHost, outOf, sent } from './operator.fixture.ts'
import { atLeast, below } from './threshold.ts'

const full = forecast(atLeast(100), '40s', { over: '20s', points: 4 })
const told = map((event: Event) =>
  [event.metric, event.state, event.attributes['due-in']].filter((part) => part !== undefined).join(' '),
)
const at = (second: number, metric: number): Arrival => sent(second, second, { metric })

describe('forecast', () => {
  test.each<[string, readonly Arrival[], readonly string[]]>([
    ['without an event nothing comes', [], []],
    [
      'nothing is foretold from less than half of the time',
      metrics([0, 40], [5, 50], [9.9, 60], [10, 60]),
      ['0 40 ok', '5 50 ok', '9.9 60 ok', '10 60 critical 20'],
    ],
    [
      'the limit itself is met at any time',
      metrics([0, 99.9], [1, 100], [2, 101]),
      ['0 99.9 ok', '1 100 critical 0', '2 101 critical 0'],
    ],
    [
      'exactly so far ahead is within it, a little later is not',
      metrics([0, 0], [10, 20], [20, 20.1]),
      ['0 0 ok', '10 20 critical 40', '20 20.1 ok'],
    ],
    [
      'what falls, or stays, is fine',
      metrics([0, 60], [10, 59], [15, 59]),
      ['0 60 ok', '10 59 ok', '15 59 ok'],
    ],
    [
      'between two points the line is read on',
      metrics([0, 20], [10, 50], [12, 0], [15, 65]),
      ['0 20 ok', '10 50 critical 17', '12 0 critical 15', '15 65 critical 12'],
    ],
    [
      'points leave when they are as old as that',
      metrics([0, 0], [10, 30], [20, 30], [30, 30], [31, 99]),
      ['0 0 ok', '10 30 critical 23', '20 30 ok', '30 30 ok', '31 99 ok'],
    ],
  ])('%s', (_, input, expected) => {
    expect(flow(pipe(full, told), input, 60)).toEqual(expected)
    expect(outOf(full, input, 60)).toHaveLength(expected.length)
  })

  test('foretells what the line by the book does, through the points that are taken', () => {
    /** In how many seconds it meets 100. */
    const due = (points: readonly (readonly [second: number, metric: number])[], now: number) => {
      const mean = (of: (point: readonly [number, number]) => number) =>
        points.reduce((sum, point) => sum + of(point), 0) / points.length
      const [time, metric] = [mean(([second]) => second), mean(([, value]) => value)]
      const squares = mean(([second]) => (second - time) ** 2)
      const slope = mean(([second, value]) => (second - time) * (value - metric)) / squares
      if (metric + slope * (now - time) >= 100) return 0
      return slope > 0 ? (100 - metric) / slope + time - now : Number.POSITIVE_INFINITY
    }
    const moment = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: -99, max: 99 }))
    fc.assert(
      fc.property(fc.array(moment, { maxLength: 40 }), (moments) => {
        let second = 1_790_000_000
        const input = moments.map(([wait, metric]) => {
          second += wait
          return [second, metric] as const
        })
        let points: readonly (readonly [number, number])[] = []
        const expected = input.map(([now, metric]) => {
          if (now - (points.at(-1)?.[0] ?? 0) >= 5)
            points = [...points.filter(([then]) => now - then < 20).slice(-3), [now, metric]]
          const span = (points.at(-1)?.[0] ?? 0) - (points[0]?.[0] ?? 0)
          return span < 10 ? Number.POSITIVE_INFINITY : due(points, now)
        })
        const seen = flow(pipe(full, told), metrics(...input), second + 60)
        for (const [n, rest] of expected.entries()) {
          const [, , state, dueIn] = seen[n]?.split(' ') ?? []
          // Of what is due in just 40 s the last bit decides.
          if (Math.abs(rest - 40) < 1e-3) continue
          expect(state).toBe(rest < 40 ? 'critical' : 'ok')
          if (rest < 40) expect(Math.abs(Number(dueIn) - rest)).toBeLessThan(0.51)
        }
        expect(seen).toHaveLength(input.length)
      }),
    )
  })

  test('also of what runs low', () => {
    const low = forecast(below(10), '40s', { over: '20s' })
    expect(flow(pipe(low, told), metrics([0, 60], [10, 50], [11, 9], [12, 47]), 60)).toEqual([
      '0 60 ok',
      '10 50 ok',
      '11 9 critical 0',
      '12 47 critical 10',
    ])
  })

  test('drops what has no metric; expired ones pass as they are; a metric too large is refused', () => {
    const input = [
      at(1, 1),
      sent(2, 2),
      sent(3, 3, { metric: 500, state: 'expired' }),
      at(4, 1e200),
      at(12, 1),
    ]
    expect(outOf(full, input, 20)).toEqual([
      '1: 1 ok @1',
      '3: 500 expired @3',
      '12: 1 ok @12',
      "rule 'rule 1', forecast: the metric 1e+200 is too large to put a line through",
    ])
  })

  test('is of each key by itself', () => {
    const input = [
      sent(0, 0, { host: 'a', metric: 0 }),
      sent(5, 5, { host: 'b', metric: 0 }),
      sent(10, 10, { host: 'a', metric: 50 }),
      sent(11, 11, { host: 'b', metric: 50 }),
    ]
    expect(outByHost(full, input, 60)).toEqual([
      '0: a 0 ok @0',
      '5: b 0 ok @5',
      '10: a 50 critical @10',
      '11: b 50 ok @11',
    ])
  })

  test('of one point it is refused', () => {
    expect(() => forecast(atLeast(1), '1h', { over: '1h', points: 1 })).toThrow(
      'points has to be a whole number',
    )
  })
})
