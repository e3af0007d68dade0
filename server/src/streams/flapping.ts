import type { MonoTypeOperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { type Duration, micros } from '../clock/duration.ts'
import { step } from '../rules/step.ts'
import { whole } from './parameters.ts'
import { asValue, type Value } from './value.ts'

interface State {
  /** Whether an event has come; a missing value is kept as null. */
  readonly seen: boolean
  readonly value: Value
  /** When the value changed the last times, in microseconds of listening; a ring of `count`, of which `next` is the oldest. */
  readonly changes: number[]
  readonly next: number
  /** Whether it flaps now. */
  readonly flaps: boolean
  /** The last event, which passes when it has settled; null while it does not flap. */
  readonly last: Event | null
}

/** The state of the event that says that the value changes all the time. */
export const FLAPPING = 'flapping'

/**
 * Finds what goes back and forth: passes events, until the value has changed `count` times within `duration`.
 *
 * Then that event passes with the state `flapping`, and the following ones are held back until the value has been the
 * same for `duration`. Then the last of them passes, and events pass as before. The value is the state unless told
 * otherwise; a missing one, or `expired`, is a value, too. The first event is no change.
 *
 * By the hub's clock, from arrivals; a time in which the hub could not listen does not count. `count` changes whose first
 * and last lie exactly `duration` apart are not within it. It keeps `count` moments and one event. Riemann has no such
 * function. `alert` guards against flapping by itself and needs none of this before it.
 *
 * @example by(['host', 'service'], pipe(flapping(4, '10m'), changed((event) => event.state), publish(page)))
 */
export function flapping(
  count: number,
  duration: Duration,
  value: (event: Event) => Value | undefined = (event) => event.state,
): MonoTypeOperatorFunction<Event> {
  const size = whole('flapping', 'count', count, 2)
  const length = micros(duration)
  return step<Event, Event, State>('flapping', [count, duration], {
    shown: [count, duration, value],
    awaitsInput: true,
    init: () => ({ seen: false, value: null, changes: [], next: 0, flaps: false, last: null }),
    event(state, event, context) {
      const now = asValue(value(event))
      const changed = state.seen && now !== state.value
      const { changes, flaps } = state
      if (!changed) {
        if (!flaps) context.emit(event)
        return { ...state, seen: true, value: now, last: flaps ? event : null }
      }
      // One place is written in place; nothing after it throws.
      changes[state.next] = context.listened
      const next = (state.next + 1) % size
      const first = changes[next]
      const starts =
        !flaps && changes.length === size && first !== undefined && context.listened - first < length
      if (flaps || starts) context.wakeAt(context.now + length)
      if (!flaps) context.emit(starts ? { ...event, state: FLAPPING } : event)
      return {
        ...state,
        value: now,
        changes,
        next,
        flaps: flaps || starts,
        last: flaps || starts ? event : null,
      }
    },
    timer(state, context) {
      if (state.last !== null) context.emit(state.last)
      // What it settled from does not count again.
      return { ...state, changes: [], next: 0, flaps: false, last: null }
    },
  })
}
