import type { OperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { step } from '../rules/step.ts'
import { isOver, type Kept } from './kept.ts'
import { whole } from './parameters.ts'

/** By key; a missing key is null. */
type State = readonly (readonly [key: string | null, kept: Kept])[]

/**
 * Keeps the latest event of each key and passes, with every event, that one and all of them (Riemann's
 * `coalesce-with-event`). An event that says that it is expired, or has run out of its ttl (60 s where it has none, from
 * its arrival), stands once more among them, in front, then is gone. State: an event for each key; O(keys) an event. Events
 * of more than `max` keys (default 1,000) are dropped, counted as failures.
 *
 * @example by('service', coalesceWithEvent((event) => event.host), map(([event, all]) => share(event, all)))
 */
export function coalesceWithEvent(
  key: (event: Event) => string | undefined,
  options: { readonly max?: number } = {},
): OperatorFunction<Event, readonly [event: Event, all: readonly Event[]]> {
  const max = whole('coalesceWithEvent', 'max', options.max ?? 1000, 1)
  return step<Event, readonly [Event, readonly Event[]], State>('coalesceWithEvent', [options], {
    init: () => [],
    event(state, event, context) {
      const own = key(event) ?? null
      const entry = [own, { event, arrival: context.listened }] as const
      const at = state.findIndex(([other]) => other === own)
      if (at < 0 && state.length >= max)
        throw new Error(`more than ${max} keys; the event of a new one was dropped`)
      const all = at < 0 ? [...state, entry] : state.with(at, entry)
      const over = all.filter(([, kept]) => isOver(kept, context.listened))
      const live = over.length === 0 ? all : all.filter((one) => !over.includes(one))
      context.emit([event, [...over, ...live].map(([, kept]) => kept.event)])
      return live
    },
  })
}
