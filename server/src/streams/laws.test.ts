import fc from 'fast-check'
import { type OperatorFunction, pipe } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { type Event, makeEvent } from 'weir-protocol'
import type { Arrival } from '../rules/rig.fixture.ts'
import { absent } from './absent.ts'
import { anomaly } from './anomaly.ts'
import { apdex } from './apdex.ts'
import { batch } from './batch.ts'
import { changed } from './changed.ts'
import { clockSkew } from './clock-skew.ts'
import { coalesce } from './coalesce.ts'
import { counter } from './counter.ts'
import { ddtEvents } from './ddt-events.ts'
import { ddtReal } from './ddt-real.ts'
import { deadman } from './deadman.ts'
import { distinct } from './distinct.ts'
import { ewma } from './ewma.ts'
import { ewmaTimeless } from './ewma-timeless.ts'
import { fillIn } from './fill-in.ts'
import { fillInLast } from './fill-in-last.ts'
import { fixedEventWindow } from './fixed-event-window.ts'
import { fixedOffsetTimeWindow } from './fixed-offset-time-window.ts'
import { fixedTimeWindow } from './fixed-time-window.ts'
import { flapping } from './flapping.ts'
import { foldIntervalMetric } from './fold-interval-metric.ts'
import * as folds from './folds/index.ts'
import { forecast } from './forecast.ts'
import { held } from './held.ts'
import { histogram } from './histogram.ts'
import { hysteresis } from './hysteresis.ts'
import { interpolateConstant } from './interpolate-constant.ts'
import { join } from './join.ts'
import { map } from './map.ts'
import { meanOverTime } from './mean-over-time.ts'
import { merge } from './merge.ts'
import { movingEventWindow } from './moving-event-window.ts'
import { movingTimeWindow } from './moving-time-window.ts'
import { nag } from './nag.ts'
import { batchedOf, outOf, plainByHost, plainOf } from './operator.fixture.ts'
import { partTimeSimple } from './part-time-simple.ts'
import { percentiles } from './percentiles.ts'
import { periodicallyUntilExpired } from './periodically-until-expired.ts'
import { predictLinear } from './predict-linear.ts'
import { project } from './project.ts'
import { quantiles } from './quantiles.ts'
import { rate } from './rate.ts'
import { rollup } from './rollup.ts'
import { runs } from './runs.ts'
import { severity } from './severity.ts'
import { smap } from './smap.ts'
import { stable } from './stable.ts'
import { sumOverTime } from './sum-over-time.ts'
import { above, below } from './threshold.ts'
import { throttle } from './throttle.ts'
import { timeWindow } from './time-window.ts'
import { top } from './top.ts'

type Op = OperatorFunction<Event, unknown>

const pass = map((event: Event) => event)
const tick = (now: number) => makeEvent({ service: 'tick', time: now })

const sides = [{ state: 'ok' }, { state: 'bad' }] as const
const joining = { key: 'host', within: '4s' } as const

/** Operators with small numbers, so that a short timeline crosses all of their bounds. */
const OPERATORS: Readonly<Record<string, Op>> = {
  absent: absent('host', ['a', 'b', 'c'], '4s'),
  anomaly: anomaly(4, { limit: 1 }),
  apdex: apdex('5s', { state: 'ok' }, { state: 'bad' }),
  batch: batch(3, '5s'),
  changed: changed((event) => event.state, { pairs: true }),
  clockSkew: clockSkew({ max: 2 }),
  coalesce: coalesce('3s'),
  counter: counter(),
  ddtEvents: ddtEvents(),
  ddtReal: ddtReal('3s'),
  deadman: deadman('4s'),
  distinct: distinct('4s', (event) => event.state),
  ewma: ewma('4s'),
  ewmaTimeless: ewmaTimeless(0.3),
  fillIn: fillIn('4s', { service: 'filled' }),
  fillInLast: fillInLast('4s', { state: 'filled' }),
  fixedEventWindow: fixedEventWindow(3),
  fixedOffsetTimeWindow: fixedOffsetTimeWindow('5s', { max: 3 }),
  fixedTimeWindow: fixedTimeWindow('5s', { max: 3 }),
  flapping: flapping(3, '6s'),
  foldIntervalMetric: foldIntervalMetric('4s', (metrics) => Math.max(...metrics)),
  forecast: forecast(above(8), '4s', { over: '6s', points: 3 }),
  held: held((event) => (event.metric ?? 0) > 3, '4s'),
  histogram: histogram('4s', [2, 5]),
  hysteresis: hysteresis(above(6), below(3)),
  interpolateConstant: interpolateConstant('3s'),
  'join once': join(...sides, { ...joining, unmatched: 'both', max: 5, maxPerKey: 2 }),
  'join latest': join(...sides, { ...joining, pairing: 'latest', unmatched: 'both' }),
  'join lookup': join(...sides, { ...joining, pairing: 'lookup', unmatched: 'left' }),
  meanOverTime: meanOverTime(),
  movingEventWindow: movingEventWindow(3),
  movingTimeWindow: movingTimeWindow('5s', { max: 3 }),
  nag: nag('2s', { backoff: 2, max: '5s', acknowledged: (event) => event.metric === 0 }),
  partTimeSimple: partTimeSimple('5s', {
    reset: (before: number | null) => before ?? 0,
    add: (held) => held + 1,
    finish: (held, _, emit: (held: number) => void) => emit(held),
  }),
  percentiles: percentiles('4s', [0, 0.5, 1], { max: 3 }),
  periodicallyUntilExpired: periodicallyUntilExpired(tick, { interval: '2s' }),
  predictLinear: predictLinear(3, '10s', { refit: '2s' }),
  project: project({ state: 'ok' }, { state: 'bad' }),
  quantiles: quantiles('4s', [0, 0.5, 1]),
  rate: rate('3s'),
  rollup: rollup(1, '5s', { max: 3 }),
  runs: runs(2),
  severity: severity({ critical: above(7), warning: above(4) }, { for: '2s', clearFor: '3s' }),
  stable: stable('4s', (event) => event.state, { buffer: 2 }),
  sumOverTime: sumOverTime(),
  throttle: throttle(2, '5s'),
  timeWindow: timeWindow('4s', { lateness: '2s', empty: true, max: 3 }),
  'timeWindow, overlapping': timeWindow('6s', { lateness: '3s', every: '2s' }),
  top: top(2, (event) => event.metric, pass, pass),
  // Several that tick at the same moments, one behind the other and beside each other.
  'in a row': pipe(interpolateConstant('2s'), rate('4s'), movingEventWindow(2), smap(folds.mean)),
  'side by side': merge(fillIn('2s', {}), rate('2s'), pipe(batch(9, '4s'), smap(folds.count)), ddtReal('2s')),
}

/** Short timelines on a coarse grid: many things happen at the same moment, and some events come late or early. */
const timeline = (hosts: readonly string[]): fc.Arbitrary<readonly Arrival[]> =>
  fc
    .array(
      fc.record({
        wait: fc.nat({ max: 5 }),
        late: fc.constantFrom(0, 0, 0, 1, 6, -2),
        host: fc.constantFrom(...hosts),
        metric: fc.option(fc.nat({ max: 9 }), { nil: undefined }),
        state: fc.constantFrom('ok', 'ok', 'bad', 'expired', undefined),
        ttl: fc.constantFrom(undefined, undefined, 3, 8),
      }),
      { maxLength: 14 },
    )
    .map((steps) => {
      let second = 10
      return steps.map(({ wait, late, ...parts }): Arrival => {
        second += wait
        return [second, { ...parts, service: 's', time: (second - late) * 1e6 }]
      })
    })

describe.each(Object.entries(OPERATORS))('%s', (_, operator) => {
  // `outOf` throws where they differ.
  test('gives the same in both forms of `by`, and when it is restored at any point', () => {
    fc.assert(
      fc.property(timeline(['a', 'b']), (input) => {
        outOf(operator, input, 60, { eager: true })
      }),
      { numRuns: 20 },
    )
  })

  test('gives the same each time, and however the input was cut into messages', () => {
    fc.assert(
      fc.property(timeline(['a', 'b']), (input) => {
        const once = plainOf(operator, input, 60)
        expect(plainOf(operator, input, 60)).toEqual(once)
        expect(batchedOf(operator, input, 60)).toEqual(once)
      }),
      { numRuns: 15 },
    )
  })

  test('inside `by` gives for each host what it gives for that host alone', () => {
    fc.assert(
      fc.property(timeline(['a', 'b']), (input) => {
        // A failure is told once in a while, of all hosts together.
        const shown = (lines: readonly string[]) =>
          lines.filter((entry) => !entry.startsWith('rule')).toSorted()
        const alone = ['a', 'b'].flatMap((host) =>
          plainByHost(
            operator,
            input.filter(([, parts]) => parts.host === host),
            60,
          ),
        )
        expect(shown(plainByHost(operator, input, 60))).toEqual(shown(alone))
      }),
      { numRuns: 15 },
    )
  })
})

const sizes = (lists: readonly unknown[]) => lists.map((list) => (Array.isArray(list) ? list.length : 0))

/** What an operator that makes lists hands on. */
function listsOf(
  operator: OperatorFunction<Event, readonly Event[]>,
  input: readonly Arrival[],
): readonly Event[][] {
  const lists: Event[][] = []
  const keep = map((list: readonly Event[]) => {
    lists.push([...list])
    return 'list'
  })
  const seen = outOf(pipe(operator, keep), input, 60, { eager: true }).filter(
    (entry) => !entry.startsWith('rule'),
  )
  // The first run is the plain one.
  return lists.slice(0, seen.length)
}

describe('a window', () => {
  test.each([
    ['movingEventWindow', movingEventWindow<Event>(3), 3],
    ['fixedEventWindow', fixedEventWindow<Event>(3), 3],
    ['movingTimeWindow', movingTimeWindow('5s', { max: 4 }), 4],
    ['fixedTimeWindow', fixedTimeWindow('5s', { max: 4 }), 4],
    ['fixedOffsetTimeWindow', fixedOffsetTimeWindow('5s', { max: 4 }), 4],
    ['timeWindow', timeWindow('5s', { lateness: '5s', max: 4 }), 4],
    ['batch', batch<Event>(3, '5s'), 3],
    ['rollup', rollup<Event>(1, '5s', { max: 4 }), 4],
  ])('%s never holds more than it should', (_, operator, most) => {
    fc.assert(
      fc.property(timeline(['a']), (input) => {
        expect(Math.max(0, ...sizes(listsOf(operator, input)))).toBeLessThanOrEqual(most)
      }),
      { numRuns: 15 },
    )
  })

  test.each([
    ['movingTimeWindow', movingTimeWindow('5s')],
    ['fixedTimeWindow', fixedTimeWindow('5s')],
    ['fixedOffsetTimeWindow', fixedOffsetTimeWindow('5s')],
    ['timeWindow', timeWindow('5s', { lateness: '5s', every: '1s', empty: true })],
  ])('%s spans less than its duration', (_, operator) => {
    fc.assert(
      fc.property(timeline(['a']), (input) => {
        for (const list of listsOf(operator, input)) {
          const times = list.map(({ time }) => time)
          expect(Math.max(...times) - Math.min(...times)).toBeLessThan(list.length === 0 ? 1 : 5e6)
        }
      }),
      { numRuns: 15 },
    )
  })

  test.each([
    ['fixedEventWindow', fixedEventWindow<Event>(3)],
    ['batch', batch<Event>(3, '5s')],
    ['rollup', rollup<Event>(1, '5s')],
    ['fixedTimeWindow', fixedTimeWindow('5s')],
    ['timeWindow', timeWindow('5s', { lateness: '5s' })],
  ])('%s hands on each event at most once', (_, operator) => {
    fc.assert(
      fc.property(timeline(['a']), (input) => {
        const numbered = input.map(
          ([second, parts], n): Arrival => [second, { ...parts, description: `${n}` }],
        )
        const numbers = listsOf(operator, numbered).flatMap((list) =>
          list.map(({ description }) => description),
        )
        expect(new Set(numbers).size).toBe(numbers.length)
      }),
      { numRuns: 15 },
    )
  })
})
