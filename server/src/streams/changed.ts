import type { MonoTypeOperatorFunction, OperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { step } from '../rules/step.ts'
import { onlyMembers } from './parameters.ts'
import { asValue, type Value } from './value.ts'

export interface ChangedOptions {
  /** The value that is taken to have stood before the first event. Default: none stood, as if it were missing. */
  readonly init?: Value
  /** Whether the event before is handed on, too: `[before, event]`, where `before` is null for the first one. Default false. */
  readonly pairs?: boolean
}

/** An event and the one that came before it. */
export type Pair = readonly [before: Event | null, event: Event]

/**
 * Passes an event when a value of it differs from that of the event before (Riemann's `changed`).
 *
 * A first event without the value is not passed, unless `init` names another. With `pairs` the event before is handed on
 * with it: the one that came before, not the one that passed before. By arrival; late and expired events are ordinary
 * ones. 4 and 4.0 are the same number.
 *
 * @example by('host', changed((event) => event.attributes.version))
 */
export function changed(
  value: (event: Event) => Value | undefined,
  options: ChangedOptions & { readonly pairs: true },
): OperatorFunction<Event, Pair>
export function changed(
  value: (event: Event) => Value | undefined,
  options?: ChangedOptions & { readonly pairs?: false },
): MonoTypeOperatorFunction<Event>
export function changed(
  value: (event: Event) => Value | undefined,
  options: ChangedOptions = {},
): OperatorFunction<Event, Event | Pair> {
  onlyMembers('changed', options, ['init', 'pairs'])
  return options.pairs === true ? inPairs(value, options) : alone(value, options)
}

function alone(
  value: (event: Event) => Value | undefined,
  options: ChangedOptions,
): MonoTypeOperatorFunction<Event> {
  return step<Event, Event, Value>('changed', [options], {
    shown: [value, ...(options.init === undefined ? [] : [options])],
    init: () => asValue(options.init),
    event(before, event, context) {
      const now = asValue(value(event))
      if (now !== before) context.emit(event)
      return now
    },
  })
}

function inPairs(
  value: (event: Event) => Value | undefined,
  options: ChangedOptions,
): OperatorFunction<Event, Pair> {
  return step<Event, Pair, { readonly value: Value; readonly last: Event | null }>('changed', [options], {
    shown: [value, options],
    init: () => ({ value: asValue(options.init), last: null }),
    event(before, event, context) {
      const now = asValue(value(event))
      if (now !== before.value) context.emit([before.last, event])
      return { value: now, last: event }
    },
  })
}
