import { hash } from 'node:crypto'
import type { MonoTypeOperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import type { Duration } from '../clock/duration.ts'
import { binned } from './bins.ts'
import { placeOf } from './place.ts'

interface Bin {
  /** The least hashes of all values so far, ascending and each once; changed in place. */
  readonly least: number[]
  readonly last: Event | null
}

/** So many hashes are kept: the standard error is about 1 / √1022, 3.1 %. */
const KEPT = 1024
/** Hashes are whole numbers below this. */
const RANGE = 2 ** 48

/**
 * Hands on, every `interval`, how many different values there were: of users, of addresses, of hosts that report.
 *
 * It is the last event with the count as metric and the present as time. Up to 1,023 values are counted exactly, more are
 * estimated with a standard error of 3.1 %, from the 1,024 least hashes (Bar-Yossef and others, "Counting distinct
 * elements in a data stream", 2002); more memory it does not take. Events of which the value is undefined are left out,
 * and an interval without any hands on nothing. A `value` that throws costs that event alone.
 *
 * By the hub's clock, from arrivals: the first event that is not expired begins an interval, the others follow. The last
 * event's ttl says how long the next one is waited for (without a ttl: for ever). An expired event, of whatever host and
 * service, drops what has been counted. Riemann has no such function.
 *
 * @example pipe(where({ service: 'login' }), distinct('1m', (event) => event.attributes.user), …)
 */
export function distinct(
  interval: Duration,
  value: (event: Event) => string | undefined,
): MonoTypeOperatorFunction<Event> {
  return binned<Bin, Event>('distinct', [interval], interval, {
    create: () => ({ least: [], last: null }),
    add(bin, event) {
      const text = value(event)
      if (text === undefined) return bin
      note(bin.least, hashOf(text))
      return { least: bin.least, last: event }
    },
    finish({ least, last }, { end }, emit) {
      if (last !== null) emit({ ...last, metric: estimated(least), time: end })
    },
  })
}

/** 48 bits of MD5: spread evenly, and the same in every run. */
function hashOf(text: string): number {
  return Number.parseInt(hash('md5', text).slice(0, 12), 16)
}

function note(least: number[], one: number): void {
  const place = placeOf(least, one)
  if (place >= KEPT || least[place] === one) return
  least.splice(place, 0, one)
  if (least.length > KEPT) least.pop()
}

/** How many different hashes have most likely been seen. */
function estimated(least: readonly number[]): number {
  const largest = least[KEPT - 1]
  return largest === undefined ? least.length : Math.round(((KEPT - 1) * RANGE) / largest)
}
