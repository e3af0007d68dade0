import type { MonoTypeOperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { step } from '../rules/step.ts'
import { finite, metricOf } from './metric.ts'

/**
 * Passes each event with the sum of all metrics so far as its metric (Riemann's `counter`).
 *
 * It begins at `init`, 0 unless given. An event with the tag `reset` and a metric sets the sum to that metric. Events
 * without a metric pass unchanged, also those with the tag. Counted by arrival; expired events are ordinary ones.
 *
 * @example by('service', counter())
 */
export function counter(init = 0): MonoTypeOperatorFunction<Event> {
  return step<Event, Event, number>('counter', [init], {
    init: () => init,
    event(before, event, context) {
      const metric = metricOf(event)
      if (metric === undefined) {
        context.emit(event)
        return before
      }
      const total = event.tags.includes('reset') ? metric : finite(before + metric)
      context.emit({ ...event, metric: total })
      return total
    },
  })
}
