import type { MonoTypeOperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { step } from '../rules/step.ts'
import { whole } from './parameters.ts'
import { asValue, type Value } from './value.ts'

interface State {
  readonly value: Value
  /** How many events in a row have had it, at most as many as matter. */
  readonly count: number
}

/**
 * Passes an event when it and those before it, `count` in all, have the same value (Riemann's `runs`): from the
 * `count`th one in a row on, every event passes until the value changes.
 *
 * The value is the state unless told otherwise; a missing one is a value, too. Counted by arrival, whatever the time
 * between events: `stable` goes by time. Expired events are ordinary ones. With a `count` of 1 everything passes, with 0
 * nothing.
 *
 * @example by(['host', 'service'], pipe(runs(3), changed((event) => event.state)))
 */
export function runs(
  count: number,
  value: (event: Event) => Value | undefined = (event) => event.state,
): MonoTypeOperatorFunction<Event> {
  const needed = whole('runs', 'count', count, 0)
  return step<Event, Event, State>('runs', [count], {
    shown: [count, value],
    init: () => ({ value: null, count: 0 }),
    event(before, event, context) {
      const now = asValue(value(event))
      const run = now === before.value ? Math.min(before.count + 1, needed) : 1
      if (needed > 0 && run >= needed) context.emit(event)
      return { value: now, count: run }
    },
  })
}
