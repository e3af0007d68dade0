import type { MonoTypeOperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { type Duration, micros } from '../clock/duration.ts'
import { step } from '../rules/step.ts'
import { finite, metricOf } from './metric.ts'

interface State {
  readonly average: number
  /** The latest time of an event so far, microseconds; null before the first. */
  readonly time: number | null
}

/**
 * Passes each event with the exponentially weighted moving average as its metric (Riemann's `ewma`): what a metric
 * weighs is half of it after `halfLife`.
 *
 * By the events' own times. It begins at 0, not at the first metric. Of several at the same time each is added to the
 * average. A late event enters with what it weighs by now, and is handed on with the latest time instead of its own.
 * Events without a metric pass as they are and change nothing; expired ones are ordinary.
 *
 * @example by(['host', 'service'], ewma('1m'))
 */
export function ewma(halfLife: Duration): MonoTypeOperatorFunction<Event> {
  const half = micros(halfLife)
  // What an event of now weighs: a metric of 1 every second settles at an average of 1.
  const weight = 1 - 0.5 ** (1_000_000 / half)
  return step<Event, Event, State>('ewma', [halfLife], {
    init: () => ({ average: 0, time: null }),
    event(state, event, context) {
      const metric = metricOf(event)
      if (metric === undefined) {
        context.emit(event)
        return state
      }
      const before = state.time ?? event.time
      const elapsed = event.time - before
      const decay = 0.5 ** (Math.abs(elapsed) / half)
      const average = finite(
        elapsed > 0 ? weight * metric + state.average * decay : state.average + weight * metric * decay,
      )
      const time = Math.max(before, event.time)
      context.emit({ ...event, metric: average, time })
      return { average, time }
    },
  })
}
