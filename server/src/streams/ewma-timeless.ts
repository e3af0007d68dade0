import type { MonoTypeOperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { step } from '../rules/step.ts'
import { metricOf } from './metric.ts'
import { within } from './parameters.ts'

/**
 * Passes each event with the exponentially weighted moving average as its metric, whatever the time between events
 * (Riemann's `ewma-timeless`).
 *
 * Each metric enters with the weight `r`, from 0 (never) to 1 (only the last one counts); what was there keeps the rest.
 * It begins at 0, not at the first metric. Events without a metric pass as they are and change nothing. By arrival;
 * expired events are ordinary ones.
 *
 * @example by(['host', 'service'], ewmaTimeless(0.1))
 */
export function ewmaTimeless(r: number): MonoTypeOperatorFunction<Event> {
  const weight = within('ewmaTimeless', 'r', r, 0, 1)
  return step<Event, Event, number>('ewmaTimeless', [r], {
    init: () => 0,
    event(before, event, context) {
      const metric = metricOf(event)
      if (metric === undefined) {
        context.emit(event)
        return before
      }
      const average = (1 - weight) * before + weight * metric
      context.emit({ ...event, metric: average })
      return average
    },
  })
}
