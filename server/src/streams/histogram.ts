import type { MonoTypeOperatorFunction } from 'rxjs'
import { type Event, makeEvent } from 'weir-protocol'
import type { Duration } from '../clock/duration.ts'
import { binned } from './bins.ts'
import { metricOf } from './metric.ts'
import { invalid } from './parameters.ts'
import { placeOf } from './place.ts'

interface Bin {
  /** How many metrics were at most each bound and above the one before; the last: above all. Changed in place. */
  readonly counts: number[]
  readonly last: Event | null
}

/**
 * Hands on, every `interval`, how many metrics were at most each of these bounds, and how many there were in all.
 *
 * For each bound it is an event such as the last one, with the service `lag le 0.1`, the count as metric and the present
 * as time; `lag le inf` counts all. A count contains those of the smaller bounds, as in Prometheus. It keeps the counts
 * alone, however many events come. Events without a metric are left out; an interval without any hands on nothing.
 *
 * By the hub's clock, from arrivals: the first event that is not expired begins an interval, the others follow. The last
 * event's ttl says how long the next one is waited for (without a ttl: for ever). An expired event, of whatever host and
 * service, drops what has been counted. Riemann has no such function.
 *
 * @example by('service', histogram('1m', [0.01, 0.1, 1, 10]))
 */
export function histogram(interval: Duration, bounds: readonly number[]): MonoTypeOperatorFunction<Event> {
  if (
    bounds.length === 0 ||
    bounds.some((bound, n) => !(Number.isFinite(bound) && (n === 0 || bound > (bounds[n - 1] ?? bound))))
  )
    throw invalid(
      'histogram',
      `bounds have to be numbers, each larger than the one before; they are ${bounds.join(', ') || 'none'}`,
    )
  const labels = [...bounds.map(String), 'inf']
  return binned<Bin, Event>('histogram', [interval, bounds], interval, {
    create: () => ({ counts: labels.map(() => 0), last: null }),
    add(bin, event) {
      const metric = metricOf(event)
      if (metric === undefined) return bin
      const place = placeOf(bounds, metric)
      bin.counts[place] = (bin.counts[place] ?? 0) + 1
      return { counts: bin.counts, last: event }
    },
    finish({ counts, last }, { end }, emit) {
      if (last === null) return
      let metric = 0
      for (const [n, label] of labels.entries()) {
        metric += counts[n] ?? 0
        emit(makeEvent({ ...last, service: `${last.service ?? ''} le ${label}`, metric, time: end }))
      }
    },
  })
}
