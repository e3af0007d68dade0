import type { MonoTypeOperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import type { Duration } from '../clock/duration.ts'
import { binned } from './bins.ts'
import { type Point, pointsOf, sampled } from './folds/sample.ts'
import { metricOf } from './metric.ts'
import type { WindowOptions } from './moving-time-window.ts'
import { onlyMembers, whole } from './parameters.ts'

/**
 * Hands on, every `interval`, the events at these points of the order by metric (Riemann's `percentiles`): 0 is the
 * smallest, 0.5 the median, 0.99 what all but a hundredth are below, 1 the largest. They are exact.
 *
 * Of n events it is the one at ⌊n · point⌋, the last one for 1. It is an event that came, with its own time and ttl; the
 * service gets the point (`lag 0.99`), or what stands beside it: `[0.99, ' p99']` makes `lag p99`. Events without a
 * metric are left out, and an interval without any hands on nothing.
 *
 * By the hub's clock, from arrivals: the first event that is not expired begins an interval, the others follow. The last
 * event's ttl says how long the next one is waited for (without a ttl: for ever). An expired event, of whatever host and
 * service, drops what has been collected. Of more than `max` events of one interval the newest are dropped, which
 * counts as a failure: all are kept until it ends.
 *
 * @example by('service', percentiles('10s', [0.5, 0.95, [1, ' max']]))
 */
export function percentiles(
  interval: Duration,
  points: readonly Point[],
  options: WindowOptions = {},
): MonoTypeOperatorFunction<Event> {
  const wanted = pointsOf('percentiles', points)
  onlyMembers('percentiles', options, ['max'])
  const max = whole('percentiles', 'max', options.max ?? 10_000, 1)
  return binned<Event[], Event>('percentiles', [interval, points, options], interval, {
    create: () => [],
    add(events, event) {
      if (metricOf(event) === undefined) return events
      if (events.length >= max)
        throw new Error(`more than ${max} events in one interval; the newest was dropped`)
      // Changed in place: copying it for each event would cost the interval.
      events.push(event)
      return events
    },
    finish(events, _, emit) {
      for (const event of sampled(events, wanted)) emit(event)
    },
  })
}
