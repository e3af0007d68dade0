import type { MonoTypeOperatorFunction } from 'rxjs'
import { type Event, isExpired } from 'weir-protocol'
import { type Duration, micros } from '../clock/duration.ts'
import { step } from '../rules/step.ts'

interface State {
  /** Since when the condition has been true, in microseconds of listening; null while it is not. */
  readonly since: number | null
  /** The event that is passed on when it has been for long enough; null where no timer waits. */
  readonly last: Event | null
}

/**
 * Passes each event on with `state` set to `critical` where the condition has been true of all events for `duration`,
 * else to `ok`.
 *
 * By the hub's clock, from arrivals; it also comes true between two events: then the last one is passed on again as
 * `critical`. An event of which the condition is false at that very moment comes after that. An expired event passes
 * unchanged and breaks what was being counted: nothing becomes true by silence. While the hub itself could not listen,
 * no time is counted. A condition that throws costs that event alone. For limits of a metric `severity` does the same
 * with levels.
 *
 * @example by('host', pipe(held((event) => event.state === 'starting', '10m'), alert({ … })))
 */
export function held(
  condition: (event: Event) => boolean,
  duration: Duration,
): MonoTypeOperatorFunction<Event> {
  const length = micros(duration)
  return step<Event, Event, State>('held', [duration], {
    shown: [condition, duration],
    awaitsInput: true,
    init: () => ({ since: null, last: null }),
    event(state, event, context) {
      const expired = isExpired(event)
      if (expired || !condition(event)) {
        context.sleep()
        context.emit(expired ? event : { ...event, state: 'ok' })
        return { since: null, last: null }
      }
      const since = state.since ?? context.listened
      const rest = since + length - context.listened
      if (state.since === null && rest > 0) context.wakeAt(context.now + rest)
      context.emit({ ...event, state: rest > 0 ? 'ok' : 'critical' })
      return { since, last: rest > 0 ? event : null }
    },
    timer({ since, last }, context) {
      if (last !== null) context.emit({ ...last, state: 'critical' })
      return { since, last: null }
    },
  })
}
