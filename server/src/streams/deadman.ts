import type { MonoTypeOperatorFunction } from 'rxjs'
import { type Event, isExpired } from 'weir-protocol'
import { type Duration, micros } from '../clock/duration.ts'
import { step } from '../rules/step.ts'

/**
 * Says when something falls silent: passes each event on with `state` set to `ok`, and where none comes for `duration`
 * the last one again, once, as `critical`.
 *
 * It begins with the first event: what was never heard is the matter of `absent`. By the hub's clock, from arrivals; an
 * event that comes exactly then comes after it. What is said has the present as time and else the fields of the last
 * event. An expired event is not heard of anybody: it is dropped, and time goes on; so the ttl of the events plays no
 * part. While the hub itself could not listen, no time is counted.
 *
 * @example by('host', pipe(deadman('5m'), alert({ … })))
 */
export function deadman(duration: Duration): MonoTypeOperatorFunction<Event> {
  const length = micros(duration)
  return step<Event, Event, Event | null>('deadman', [duration], {
    awaitsInput: true,
    init: () => null,
    event(last, event, context) {
      if (isExpired(event)) return last
      context.wakeAt(context.now + length)
      context.emit({ ...event, state: 'ok' })
      return event
    },
    timer(last, context) {
      if (last !== null) context.emit({ ...last, state: 'critical', time: context.now })
      return null
    },
  })
}
