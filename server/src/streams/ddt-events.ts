import type { MonoTypeOperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { SECOND } from '../clock/duration.ts'
import { step } from '../rules/step.ts'
import { finite, metricOf } from './metric.ts'

interface Point {
  readonly metric: number
  readonly time: number
}

/**
 * Passes each event with the rate at which the metric has changed since the event before, by the second, as its metric
 * (Riemann's `ddt-events`, and its `ddt` without a number).
 *
 * By the events' own times. The first event hands on nothing, nor does one at the same time as the one before, which it
 * replaces all the same. An event with an earlier time is reckoned as it is. Events without a metric are dropped and
 * change nothing; expired ones are ordinary.
 *
 * @example by(['host', 'service'], ddtEvents())   // a counter of bytes becomes bytes a second
 */
export function ddtEvents(): MonoTypeOperatorFunction<Event> {
  return step<Event, Event, Point | null>('ddtEvents', [], {
    init: () => null,
    event(before, event, context) {
      const metric = metricOf(event)
      if (metric === undefined) return before
      const { time } = event
      if (before !== null && time !== before.time)
        context.emit({ ...event, metric: finite((metric - before.metric) / ((time - before.time) / SECOND)) })
      return { metric, time }
    },
  })
}
