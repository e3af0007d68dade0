import type { MonoTypeOperatorFunction } from 'rxjs'
import { type Event, makeEvent } from 'weir-protocol'
import type { Duration } from '../clock/duration.ts'
import { binned } from './bins.ts'
import { finite } from './metric.ts'
import type { WindowOptions } from './moving-time-window.ts'
import { onlyMembers, whole } from './parameters.ts'
import { setting } from './with-fields.ts'

/** The fields of an event whose values can be folded; one of the attributes as `{ attribute: 'rack' }`. */
export type FoldedField =
  | 'host'
  | 'service'
  | 'state'
  | 'description'
  | 'metric'
  | 'ttl'
  | { readonly attribute: string }

/** What stands in such a field. */
export type FoldedValue<Field extends FoldedField> = Field extends 'metric' | 'ttl' ? number : string

interface Bin {
  readonly values: (string | number)[]
  /** The last event that had the field. */
  readonly last: Event | null
}

/**
 * Hands on, every `interval`, the last event of it with the field set to what `fold` makes of the values that this field
 * had in the interval (Riemann's `fold-interval`).
 *
 * Events without the field are left out. The event keeps its own time. An interval without any hands on an event with
 * nothing but `fold([])` and the present as time; where `fold` has no answer for an empty list, let it throw: that is
 * counted, and nothing is handed on. A number that is none (a mean of nothing is NaN) counts as a throw.
 *
 * By the hub's clock, from arrivals: the first event that is not expired begins an interval, the others follow. The last
 * event's ttl says how long that goes on without another (without a ttl: for ever). An expired event, of whatever host
 * and service, drops what has been collected. Of more than `max` values of one interval the newest are dropped, which
 * counts as a failure.
 *
 * @example by('service', foldInterval('1m', 'state', (states) => states.find((state) => state !== 'ok') ?? 'ok'))
 */
export function foldInterval<Field extends FoldedField>(
  interval: Duration,
  field: Field,
  fold: (values: readonly FoldedValue<Field>[]) => FoldedValue<Field> | undefined,
  options?: WindowOptions,
): MonoTypeOperatorFunction<Event>
export function foldInterval(
  interval: Duration,
  field: FoldedField,
  fold: (values: readonly never[]) => string | number | undefined,
  options: WindowOptions = {},
): MonoTypeOperatorFunction<Event> {
  onlyMembers('foldInterval', options, ['max'])
  const max = whole('foldInterval', 'max', options.max ?? 10_000, 1)
  // The overload has said that the fold takes what stands in this field.
  const folded = fold as (values: readonly unknown[]) => string | number | undefined
  const valueIn = (event: Event) =>
    typeof field === 'string' ? event[field] : event.attributes[field.attribute]
  const made = (event: Event, value: string | number | undefined): Event =>
    typeof field === 'string'
      ? { ...event, [field]: value }
      : setting({ attributes: { [field.attribute]: value === undefined ? undefined : String(value) } })(event)
  return binned<Bin, Event>('foldInterval', [interval, field, options], interval, {
    create: () => ({ values: [], last: null }),
    add(bin, event) {
      const value = valueIn(event)
      if (value === undefined || value === null) return bin
      if (bin.values.length >= max)
        throw new Error(`more than ${max} values in one interval; the newest was dropped`)
      // Changed in place: copying it for each event would cost the interval.
      bin.values.push(value)
      return { values: bin.values, last: event }
    },
    finish({ values, last }, { end }, emit) {
      const value = folded(values)
      if (typeof value === 'number') finite(value)
      emit(made(last ?? makeEvent({ time: end }), value))
    },
  })
}
