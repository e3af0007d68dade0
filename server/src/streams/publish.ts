import type { MonoTypeOperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { stage } from '../rules/stage.ts'

/**
 * Sends an event made from each event through all rules, once the event that caused it has been through them; the
 * original is passed on. An event may cause another one through at most 8 hops; further ones are dropped, counted.
 *
 * @example pipe(throttle(1, '1m'), publish((event) => ({ ...event, service: `${event.service} sampled` })))
 */
export function publish(
  make: (event: Event) => Event | undefined = (event) => event,
): MonoTypeOperatorFunction<Event> {
  return stage('publish', (event, output, engine) => {
    const made = make(event)
    if (made !== undefined) engine.publish(made)
    output.next(event)
  })
}
