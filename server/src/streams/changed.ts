import type { MonoTypeOperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { step } from '../rules/step.ts'
import { asValue, type Value } from './value.ts'

export interface ChangedOptions {
  /** The value that is taken to have stood before the first event. Default: none stood, as if it were missing. */
  readonly init?: Value
}

/**
 * Passes an event when a value of it differs from that of the event before (Riemann's `changed`).
 * A first event without the value is not passed.
 *
 * @example by('host', changed((event) => event.attributes.version))
 */
export function changed(
  value: (event: Event) => Value | undefined,
  options: ChangedOptions = {},
): MonoTypeOperatorFunction<Event> {
  return step<Event, Event, Value>('changed', [options], {
    init: () => asValue(options.init),
    event(before, event, context) {
      const now = asValue(value(event))
      if (now !== before) context.emit(event)
      return now
    },
  })
}
