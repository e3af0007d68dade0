import type { MonoTypeOperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { step } from '../rules/step.ts'
import { judging } from './judging.ts'
import { onlyMembers, whole, within } from './parameters.ts'
import { deviationFrom, emptyMedian, medianOf, put, type SlidingMedian, sizeOf } from './sliding-median.ts'

export interface AnomalyOptions {
  /** How many standard deviations away is too far. Default 5. */
  readonly limit?: number
  /** A distance from the median of at most this is never too far, in the metric's unit. Default 0. */
  readonly floor?: number
  /** So many metrics must have come before anything is judged; at most `count`. Default half of `count`. */
  readonly least?: number
}

interface State {
  /** The last metrics; changed in place. */
  readonly past: SlidingMedian
  /** The place of the next one: once it is full, that of the oldest. */
  readonly next: number
}

/** Makes a standard deviation of the median absolute deviation of a normal distribution: 1 / Φ⁻¹(3/4). */
const NORMAL = 1.4826

/**
 * Finds what is unlike its own recent past: passes each event on with `state` set to `critical` where its metric is
 * further than `limit` standard deviations from the median of the `count` metrics before it, else to `ok`.
 *
 * The standard deviation is estimated from the median absolute deviation (times 1.4826; Iglewicz and Hoaglin, "How to
 * detect and handle outliers", 1993), so that single outliers in the past do not hide the next one. The metric then
 * belongs to the past, whatever it was: a new level is ordinary after about half of `count`. Where more than half of the past
 * is one value, any other is too far, unless `floor` is set. Events without a metric are dropped; an expired one
 * passes unchanged and changes nothing. It keeps `count` (3 to 10,000) metrics; O(log `count`) an event.
 *
 * @example by('service', pipe(anomaly(120, { limit: 6, floor: 20 }), alert({ … })))
 */
export function anomaly(count: number, options: AnomalyOptions = {}): MonoTypeOperatorFunction<Event> {
  const size = within('anomaly', 'count', whole('anomaly', 'count', count, 3), 3, 10_000)
  onlyMembers('anomaly', options, ['limit', 'floor', 'least'])
  const limit = within('anomaly', 'limit', options.limit ?? 5, 0, Number.MAX_VALUE)
  const floor = within('anomaly', 'floor', options.floor ?? 0, 0, Number.MAX_VALUE)
  const least = within('anomaly', 'least', options.least ?? Math.ceil(size / 2), 1, size)
  const isFar = (metric: number, past: SlidingMedian): boolean => {
    if (sizeOf(past) < least) return false
    const median = medianOf(past)
    const distance = Math.abs(metric - median)
    return distance > floor && distance > limit * NORMAL * deviationFrom(past, median)
  }
  return step<Event, Event, State>('anomaly', [count, options], {
    version: 2,
    init: () => ({ past: emptyMedian(), next: 0 }),
    event: judging(({ past, next }, metric, event, context) => {
      const far = isFar(metric, past)
      put(past, next, metric)
      context.emit({ ...event, state: far ? 'critical' : 'ok' })
      return { past, next: (next + 1) % size }
    }),
  })
}
