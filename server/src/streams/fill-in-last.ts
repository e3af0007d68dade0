import type { MonoTypeOperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import type { Duration } from '../clock/duration.ts'
import { step } from '../rules/step.ts'
import { filling } from './filling.ts'
import { type Fields, setting } from './with-fields.ts'

/**
 * Passes events, and where none comes for `interval` hands on the last one again, changed, every `interval` (Riemann's
 * `fill-in-last`, and its `fill-in-last*` where `change` is a function).
 *
 * By the hub's clock, from arrivals: it begins with the first event, and each event puts the next filling off to
 * `interval` after it. An event that comes exactly then comes after the filling. What is filled in is the last event with
 * the fields of `change` set as `withFields` does, or what `change(last)` gives, and the present as time. Its ttl plays no part. An expired event
 * passes and ends the filling until the next one comes. While the hub could not listen, nothing is filled in. A throw of
 * `change` costs that one filling, and is counted.
 *
 * @example by(['host', 'service'], fillInLast('10s', { state: 'unknown' }))
 */
export function fillInLast(
  interval: Duration,
  change: Omit<Fields, 'time'> | ((last: Event) => Event),
): MonoTypeOperatorFunction<Event> {
  const changed = typeof change === 'function' ? change : setting(change)
  const params = typeof change === 'function' ? [interval] : [interval, change]
  return step<Event, Event, Event | null>('fillInLast', params, {
    shown: [interval, change],
    init: () => null,
    ...filling<Event | null>(interval, {
      after: (_, event) => event,
      filled: (last, now) => (last === null ? undefined : { ...changed(last), time: now }),
    }),
  })
}
