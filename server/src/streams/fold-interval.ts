import type { MonoTypeOperatorFunction } from 'rxjs'
import { type Event, makeEvent } from 'weir-protocol'
import type { Duration } from '../clock/duration.ts'
import { binned } from './bins.ts'
import { finite } from './metric.ts'
import type { WindowOptions } from './moving-time-window.ts'
import { whole } from './parameters.ts'

/** The fields of an event whose values can be folded. */
export type FoldedField = 'host' | 'service' | 'state' | 'description' | 'metric' | 'ttl'

interface Bin<Value> {
  readonly values: Value[]
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
  fold: (values: readonly NonNullable<Event[Field]>[]) => Event[Field],
  options: WindowOptions = {},
): MonoTypeOperatorFunction<Event> {
  const max = whole('foldInterval', 'max', options.max ?? 10_000, 1)
  return binned<Bin<NonNullable<Event[Field]>>, Event>('foldInterval', [interval, field, options], interval, {
    create: () => ({ values: [], last: null }),
    add(bin, event) {
      const value = event[field]
      if (value === undefined || value === null) return bin
      if (bin.values.length >= max)
        throw new Error(`more than ${max} values in one interval; the newest was dropped`)
      // Changed in place: copying it for each event would cost the interval.
      bin.values.push(value)
      return { values: bin.values, last: event }
    },
    finish({ values, last }, { end }, emit) {
      const folded = fold(values)
      if (typeof folded === 'number') finite(folded)
      emit({ ...(last ?? makeEvent({ time: end })), [field]: folded })
    },
  })
}
