import type { OperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { KeyedNode } from '../rules/keyed.ts'
import { siteOf } from '../rules/step.ts'
import { type ByOptions, type Key, keyingOf } from './by.ts'

/**
 * Splits the stream like `by`, with operators made for each key (Riemann's `by-fn` and `by-builder`): where a parameter
 * depends on the key. Each key has a pipeline of its own, ten times the memory of `by`; what merely shows the key needs
 * none of this, since the event has it.
 *
 * `make` gets the values of the keys, in their order; it must be pure. It is called once with none of them when the rule
 * is built, to learn which operators there are; for every key these have to be the same, only their parameters
 * may differ: else the event is dropped, counted.
 *
 * @example byFn('host', (host) => throttle(host === 'mail' ? 100 : 5, '1m'))
 * @example byFn(['host', 'service'], (host, service) => over(LIMITS[`${host} ${service}`] ?? 90))
 */
export function byFn<Out>(
  keys: Key | readonly Key[] | ByOptions,
  make: (...keys: readonly (string | undefined)[]) => OperatorFunction<Event, Out>,
): OperatorFunction<Event, Out> {
  const keying = { ...keyingOf('byFn', keys), separate: true }
  return (source) =>
    new KeyedNode<Out>(siteOf<Event>('byFn', source), keying, (stream, values) => make(...values)(stream))
      .output
}
