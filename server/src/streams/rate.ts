import type { MonoTypeOperatorFunction } from 'rxjs'
import { type Event, makeEvent } from 'weir-protocol'
import { type Duration, micros, SECOND } from '../clock/duration.ts'
import { step } from '../rules/step.ts'
import { finite, metricOf } from './metric.ts'
import { heard, STILL, type Ticking, ticksOn } from './ticking.ts'

interface State {
  readonly ticking: Ticking
  /** When the present interval began, in microseconds of listening. */
  readonly since: number
  /** Of the metrics since then. */
  readonly sum: number
  /** The last event that had a metric, with the ttl that the next tick takes `interval` from; null before it. */
  readonly last: Event | null
}

/**
 * Hands on, every `interval`, the sum of the metrics that came in it, by the second (Riemann's `rate`): a metric of 1
 * for each request gives requests a second.
 *
 * By the hub's clock, from arrivals: the first interval begins with the first event. What it hands on is the last event
 * that had a metric, with that rate as metric and the present as time; an interval without metrics has a rate of 0.
 * With a steady flow the ttl is that of the events; without one it is `interval` less each time. The last event's ttl,
 * counted from its arrival, says how long that goes on (without a ttl: for ever). An expired event stops it at once; its
 * metric counts, and is part of the first rate after the next event. Where no event had a metric, an event with nothing
 * but a metric of 0 is handed on. An interval in which the hub could not listen for a while is longer by that time and the
 * grace after it; the rate is that of the time in which it did listen.
 *
 * All that comes is one sum, whatever its host and service: put it into a `by`.
 *
 * @example by('service', rate('10s'))
 */
export function rate(interval: Duration): MonoTypeOperatorFunction<Event> {
  const length = micros(interval)
  const seconds = length / SECOND
  return step<Event, Event, State>('rate', [interval], {
    awaitsInput: true,
    init: () => ({ ticking: STILL, since: 0, sum: 0, last: null }),
    event(state, event, context) {
      const metric = metricOf(event)
      const sum = metric === undefined ? state.sum : finite(state.sum + metric)
      const ticking = heard(state.ticking, event, context, length)
      const since = state.ticking.on ? state.since : context.listened
      if (metric === undefined) return { ...state, ticking, since }
      return {
        ticking,
        since,
        sum,
        last: event.ttl === undefined ? event : { ...event, ttl: event.ttl + seconds },
      }
    },
    timer(state, context) {
      if (!ticksOn(state.ticking, context, length)) return { ...state, ticking: STILL }
      const { last } = state
      const ttl = last?.ttl === undefined ? undefined : last.ttl - seconds
      const lasted = Math.max(length, context.listened - state.since) / SECOND
      const now = { metric: finite(state.sum / lasted), time: context.now }
      context.emit(last === null ? makeEvent(now) : { ...last, ...now, ttl })
      return {
        ticking: state.ticking,
        since: context.listened,
        sum: 0,
        last: last === null ? null : { ...last, ttl },
      }
    },
  })
}
