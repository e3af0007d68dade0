import type { MonoTypeOperatorFunction } from 'rxjs'
import { type Event, makeEvent } from 'weir-protocol'
import type { Duration } from '../clock/duration.ts'
import { binned } from './bins.ts'
import { type Point, pointsOf } from './folds/sample.ts'
import { metricOf } from './metric.ts'
import { onlyMembers, within } from './parameters.ts'
import { counted, emptySketch, quantilesOf, ratioOf, type Sketch } from './sketch.ts'

export interface QuantilesOptions {
  /** The largest relative error: 0.01 means 99 to 101 where it is exactly 100. From 0.005 to 0.5; default 0.01. */
  readonly error?: number
}

interface Bin {
  readonly sketch: Sketch
  readonly last: Event | null
}

/**
 * Hands on, every `interval`, about the metrics at these points of the order: `percentiles` for very many events, in
 * bounded memory.
 *
 * Each is at most `error` (1 %) of itself off. For each point it is an event such as the last one, with the service
 * `lag 0.99` (`[0.99, ' p99']` makes `lag p99`), the metric at ⌊n · point⌋ of n, and the present as time. It keeps counts
 * alone (DDSketch, see `sketch.ts`): at 1 % about 115 for each power of ten that the metrics span. Metrics nearer to 0
 * than 1e-12 count as 0, ones beyond 1e18 are refused. Events without a metric are left out; an interval without any
 * hands on nothing.
 *
 * By the hub's clock, from arrivals: the first event that is not expired begins an interval, the others follow. The last
 * event's ttl says how long the next one is waited for (without a ttl: for ever). An expired event, of whatever host and
 * service, drops what has been counted. Riemann has no such function.
 *
 * @example by('service', quantiles('10s', [0.5, 0.99]))
 */
export function quantiles(
  interval: Duration,
  points: readonly Point[],
  options: QuantilesOptions = {},
): MonoTypeOperatorFunction<Event> {
  const wanted = pointsOf('quantiles', points)
  onlyMembers('quantiles', options, ['error'])
  const ratio = ratioOf(within('quantiles', 'error', options.error ?? 0.01, 0.005, 0.5))
  return binned<Bin, Event>('quantiles', [interval, points, options], interval, {
    create: () => ({ sketch: emptySketch(), last: null }),
    add(bin, event) {
      const metric = metricOf(event)
      return metric === undefined ? bin : { sketch: counted(bin.sketch, metric, ratio), last: event }
    },
    finish({ sketch, last }, { end }, emit) {
      if (last === null) return
      const metrics = quantilesOf(
        sketch,
        wanted.map(([point]) => point),
        ratio,
      )
      for (const [n, [, suffix]] of wanted.entries()) {
        emit(makeEvent({ ...last, service: `${last.service ?? ''}${suffix}`, metric: metrics[n], time: end }))
      }
    },
  })
}
