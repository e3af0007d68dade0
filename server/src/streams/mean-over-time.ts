import type { MonoTypeOperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { step } from '../rules/step.ts'
import { metricOf } from './metric.ts'

interface State {
  readonly mean: number
  readonly count: number
}

/**
 * Passes each event with the mean of all metrics so far as its metric (Riemann's `mean-over-time`, which throws at its
 * first event; Weir's does what it is said to do).
 *
 * Events without a metric pass as they are and are not counted. By arrival; expired events are ordinary ones. An old
 * value weighs as much as a new one: `ewma` forgets.
 *
 * @example by('service', meanOverTime())
 */
export function meanOverTime(): MonoTypeOperatorFunction<Event> {
  return step<Event, Event, State>('meanOverTime', [], {
    init: () => ({ mean: 0, count: 0 }),
    event(state, event, context) {
      const metric = metricOf(event)
      if (metric === undefined) {
        context.emit(event)
        return state
      }
      const count = state.count + 1
      // The mean moves by its share: a sum would lose small metrics the larger it grows.
      const mean = state.mean + (metric / count - state.mean / count)
      context.emit({ ...event, metric: mean })
      return { mean, count }
    },
  })
}
