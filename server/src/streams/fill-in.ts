import type { MonoTypeOperatorFunction } from 'rxjs'
import { type Event, makeEvent } from 'weir-protocol'
import { type Duration, micros } from '../clock/duration.ts'
import { step } from '../rules/step.ts'
import { filling } from './filling.ts'

/**
 * Passes events, and where none comes for `interval` hands on one made of `fields` instead, again every `interval`
 * (Riemann's `fill-in`).
 *
 * By the hub's clock, from arrivals: it begins when the rule, or the group of a `by`, began, before any event, and each
 * event puts the next filling off to `interval` after it. An event that comes exactly then comes after the filling. What
 * is filled in has the present as time; its host, ttl and all else are those of `fields`. An expired event passes and
 * ends the filling until the next one comes. While the hub could not listen, nothing is filled in.
 *
 * Inside of a `by` a key goes on being filled in, and does not leave, until an expired event of it comes; the index makes
 * one when a ttl runs out.
 *
 * @example fillIn('10s', { service: 'requests/rate', metric: 0 })
 */
export function fillIn(
  interval: Duration,
  fields: Partial<Omit<Event, 'time'>>,
): MonoTypeOperatorFunction<Event> {
  const length = micros(interval)
  return step<Event, Event, null>('fillIn', [interval, fields], {
    eager: true,
    init: () => null,
    wake: (now) => now + length,
    ...filling(interval, {
      after: (state) => state,
      filled: (_, now) => makeEvent({ ...fields, time: now }),
    }),
  })
}
