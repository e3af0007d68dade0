import type { OperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { type Duration, micros } from '../clock/duration.ts'
import { step } from '../rules/step.ts'
import { onlyMembers } from './parameters.ts'
import { heard, STILL, type Ticking, ticksOn } from './ticking.ts'

export interface PeriodicOptions {
  /** Default `'1s'`. */
  readonly interval?: Duration
  /** How long after the first event the first one comes; 0: at once, after that event. Default 0. */
  readonly delay?: Duration
}

/**
 * Hands on what `make` gives, every `interval` as long as something is heard; the events themselves are not passed
 * (Riemann's `periodically-until-expired`).
 *
 * By the hub's clock, from arrivals: the first event that is not expired starts it. The last event's ttl, counted from
 * its arrival, says how long it goes on without another; without a ttl it goes on for ever. An expired event, of
 * whatever host and service, stops it at once, and the next live one starts it anew. `make` gets the moment in
 * microseconds; a throw of it is counted, and the next one comes all the same. While the hub could not listen, nothing
 * is handed on.
 *
 * @example by('host', periodicallyUntilExpired((now) => makeEvent({ service: 'tick', time: now }), { interval: '10s' }))
 */
export function periodicallyUntilExpired<Out>(
  make: (now: number) => Out,
  options: PeriodicOptions = {},
): OperatorFunction<Event, Out> {
  onlyMembers('periodicallyUntilExpired', options, ['interval', 'delay'])
  const interval = micros(options.interval ?? '1s')
  const delay = options.delay === undefined || options.delay === 0 ? 0 : micros(options.delay)
  return step<Event, Out, Ticking>('periodicallyUntilExpired', [options], {
    awaitsInput: true,
    init: () => STILL,
    event: (ticking, event, context) => heard(ticking, event, context, delay),
    timer(ticking, context) {
      if (!ticksOn(ticking, context, interval)) return STILL
      context.emit(make(context.now))
      return ticking
    },
  })
}
