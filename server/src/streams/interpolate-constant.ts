import type { MonoTypeOperatorFunction } from 'rxjs'
import { type Event, isExpired } from 'weir-protocol'
import { type Duration, micros } from '../clock/duration.ts'
import { step } from '../rules/step.ts'
import { heard, STILL, type Ticking, ticksOn } from './ticking.ts'

interface State {
  readonly ticking: Ticking
  readonly last: Event | null
}

/**
 * Hands on the latest event every `interval`, in place of the events themselves (Riemann's `interpolate-constant`): a
 * value that is sent at odd moments becomes a steady one.
 *
 * By the hub's clock, from arrivals: the first time at once after the first event, then every `interval`, with the
 * present as time. The last event's ttl, counted from its arrival, says how long that goes on (without a ttl: for ever);
 * it ends without a word. An expired event is passed at once as it is, and ends it until the next one comes. While the
 * hub could not listen, nothing is handed on.
 *
 * @example by(['host', 'service'], interpolateConstant('5s'))
 */
export function interpolateConstant(interval: Duration): MonoTypeOperatorFunction<Event> {
  const length = micros(interval)
  return step<Event, Event, State>('interpolateConstant', [interval], {
    awaitsInput: true,
    init: () => ({ ticking: STILL, last: null }),
    event(state, event, context) {
      const ticking = heard(state.ticking, event, context, 0)
      if (isExpired(event)) context.emit(event)
      return { ticking, last: ticking.on ? event : null }
    },
    timer(state, context) {
      if (!ticksOn(state.ticking, context, length)) return { ticking: STILL, last: null }
      if (state.last !== null) context.emit({ ...state.last, time: context.now })
      return state
    },
  })
}
