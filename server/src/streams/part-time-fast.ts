import type { OperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import type { Duration } from '../clock/duration.ts'
import { type Bins, binned } from './bins.ts'

/**
 * Collects events in bins of `interval` and hands on what each comes to (Riemann's `part-time-fast`): what `rate`-like
 * operators of your own are made of.
 *
 * By the hub's clock, from arrivals. The first event that is not expired begins a bin, and from then on one ends every
 * `interval`, also where nothing came: `finish(bin, { start, end }, emit)` gets the empty one; start and end are
 * microseconds. An event at the very end of a bin falls into the next one. The last event's ttl says how long that goes
 * on without another (without a ttl: for ever); then the bin stays open and goes on with the next event. An expired
 * event, of whatever host and service, drops the bin. While the hub could not listen, the bin is kept open.
 *
 * The bin is JSON data; how large it gets is up to `add`. A throw of `add` drops that event, one of `finish` that bin;
 * both are counted.
 *
 * @example
 * partTimeFast('10s', {
 *   create: () => 0,
 *   add: (errors, event) => errors + (event.state === 'critical' ? 1 : 0),
 *   finish: (errors, { end }, emit) => emit(makeEvent({ service: 'errors', metric: errors, time: end })),
 * })
 */
export function partTimeFast<Bin, Out>(
  interval: Duration,
  bins: Bins<Bin, Out>,
): OperatorFunction<Event, Out> {
  return binned('partTimeFast', [interval], interval, bins)
}
