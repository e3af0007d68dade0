import type { MonoTypeOperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { type Duration, micros } from '../clock/duration.ts'
import { step } from '../rules/step.ts'
import { metricOf } from './metric.ts'
import { onlyMembers, whole } from './parameters.ts'
import { emptyFit, type Fit, refuseHuge, type SlidingFit, slide, valueAt } from './sliding-fit.ts'

export interface PredictOptions {
  /** The line is computed anew at most once in this time, by the hub's clock. Default: with each event. */
  readonly refit?: Duration
}

interface State {
  readonly points: SlidingFit
  /** The line that is in use, and when it was computed, in microseconds; null where there is none. */
  readonly line: { readonly fit: Fit; readonly at: number } | null
}

/**
 * Passes each event with the metric that is to be expected `ahead` after it: a straight line through the last `count`
 * metrics by least squares (Riemann's `predict-linear`).
 *
 * By the events' own times. From the second event on; where all are of one moment, nothing is handed on. With `refit` the
 * line is computed at most so often, and in between an old line is read further on. Events without a metric are dropped
 * (in Riemann such an event makes each window that it is in throw); expired ones are ordinary. It keeps `count` points.
 *
 * @example by(['host', 'service'], pipe(predictLinear(60, '4h'), where((event) => (event.metric ?? 1) <= 0), …))
 */
export function predictLinear(
  count: number,
  ahead: Duration,
  options: PredictOptions = {},
): MonoTypeOperatorFunction<Event> {
  const size = whole('predictLinear', 'count', count, 2)
  const distance = micros(ahead)
  onlyMembers('predictLinear', options, ['refit'])
  const refit = options.refit === undefined ? 0 : micros(options.refit)
  return step<Event, Event, State>('predictLinear', [count, ahead, options], {
    version: 2,
    init: () => ({ points: emptyFit(), line: null }),
    event({ points, line: before }, event, context) {
      const metric = metricOf(event)
      if (metric === undefined) return { points, line: before }
      refuseHuge(metric)
      // Changed in place; nothing after it throws.
      const fit = slide(points, { time: event.time, metric }, size)
      const line = before === null || context.now - before.at >= refit ? { fit, at: context.now } : before
      const expected = valueAt(line.fit, event.time + distance)
      if (expected === undefined) return { points, line: null }
      context.emit({ ...event, metric: expected })
      return { points, line }
    },
  })
}
