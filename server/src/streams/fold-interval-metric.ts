import type { MonoTypeOperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import type { Duration } from '../clock/duration.ts'
import { foldInterval } from './fold-interval.ts'
import type { WindowOptions } from './moving-time-window.ts'

/**
 * Hands on, every `interval`, the last event of it with what `fold` makes of the interval's metrics as its metric
 * (Riemann's `fold-interval-metric`); see `foldInterval`, of which it is the form for the metric.
 *
 * @example by('service', foldIntervalMetric('1m', (metrics) => Math.max(0, ...metrics)))
 */
export function foldIntervalMetric(
  interval: Duration,
  fold: (metrics: readonly number[]) => number | undefined,
  options: WindowOptions = {},
): MonoTypeOperatorFunction<Event> {
  return foldInterval(interval, 'metric', fold, options)
}
