import type { MonoTypeOperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { type Duration, micros, SECOND } from '../clock/duration.ts'
import { step } from '../rules/step.ts'
import { finite, metricOf } from './metric.ts'
import { heard, STILL, type Ticking, ticksOn } from './ticking.ts'

interface State {
  readonly ticking: Ticking
  /** What stood at the last tick; null before one that saw an event. */
  readonly before: { readonly metric: number; readonly time: number } | null
  /** The last event that had a metric; null before it. */
  readonly last: Event | null
}

/**
 * Hands on, every `interval`, the rate at which the metric has changed, by the second (Riemann's `ddt-real`, and its
 * `ddt` with a number).
 *
 * It ticks by the hub's clock, first with the first event, then every `interval`; the rate is that between the last
 * event of this interval and the last one before it, by their own times. It is handed on as the metric of the newer
 * event, with the present as time. An interval without a metric has a rate of 0, and so has one whose events have the
 * time of those before. The first tick only takes note. The last event's ttl, counted from its arrival, says how long
 * it goes on (without a ttl: for ever); an expired event stops it at once. What stood then is what the first tick after
 * the next event compares with. While the hub could not listen, no tick comes.
 *
 * @example by(['host', 'service'], ddtReal('10s'))
 */
export function ddtReal(interval: Duration): MonoTypeOperatorFunction<Event> {
  const length = micros(interval)
  return step<Event, Event, State>('ddtReal', [interval], {
    awaitsInput: true,
    init: () => ({ ticking: STILL, before: null, last: null }),
    event(state, event, context) {
      const ticking = heard(state.ticking, event, context, 0)
      return { ...state, ticking, last: metricOf(event) === undefined ? state.last : event }
    },
    timer(state, context) {
      if (!ticksOn(state.ticking, context, length)) return { ...state, ticking: STILL }
      const { before, last } = state
      const metric = last === null ? undefined : metricOf(last)
      if (last === null || metric === undefined) return state
      if (before !== null) {
        const elapsed = (last.time - before.time) / SECOND
        const change = elapsed === 0 ? 0 : finite((metric - before.metric) / elapsed)
        context.emit({ ...last, metric: change, time: context.now })
      }
      return { ...state, before: { metric, time: last.time } }
    },
  })
}
