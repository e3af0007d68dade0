import type { MonoTypeOperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { step } from '../rules/step.ts'
import { finite, metricOf } from './metric.ts'

/**
 * Passes each event with the sum of all metrics so far as its metric (Riemann's `sum-over-time`, which it advises
 * against: `counter` can also be reset).
 *
 * Events without a metric pass as they are and add nothing. Counted by arrival; expired events are ordinary ones.
 *
 * @example by('service', sumOverTime())
 */
export function sumOverTime(): MonoTypeOperatorFunction<Event> {
  return step<Event, Event, number>('sumOverTime', [], {
    init: () => 0,
    event(before, event, context) {
      const metric = metricOf(event)
      const total = metric === undefined ? before : finite(before + metric)
      context.emit(metric === undefined ? event : { ...event, metric: total })
      return total
    },
  })
}
