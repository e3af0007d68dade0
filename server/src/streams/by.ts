import type { Observable, OperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { type Duration, micros } from '../clock/duration.ts'
import { KeyedNode, type Keying } from '../rules/keyed.ts'
import { callerPlace } from '../rules/place.ts'
import { siteOf } from '../rules/step.ts'
import { invalid, onlyMembers, whole } from './parameters.ts'

/** What to split by: a field, or a pure function of the event. A missing value is a key of its own. */
export type Key = 'host' | 'service' | 'state' | ((event: Event) => string | undefined)

const FIELDS: readonly string[] = ['host', 'service', 'state'] satisfies Key[]

/** Keys with the bounds of their groups. */
export interface ByOptions {
  readonly keys: Key | readonly Key[]
  /**
   * A group leaves when nothing came for this long, no timer of it is set and no alert of it is open; looked at once in
   * that time. Default `'1d'`.
   */
  readonly idle?: Duration
  /**
   * How many groups there may be at most (in each group of a `by` around it). Events of further keys are dropped here,
   * counted and shown. Default 1,000,000. All `by`s of a hub together hold at most 2,000,000.
   */
  readonly max?: number
  /** Makes a pipeline for each key even where one would serve all; for comparing the two forms. Default false. */
  readonly separate?: boolean
}

type Op<In, Out> = OperatorFunction<In, Out>

/**
 * Splits the stream by host, service or any key: each key has states of its own in the operators that follow.
 *
 * The operators are applied once. If all are Weir's, one pipeline serves all keys with a cell for each; with any of
 * RxJS's own, each key gets a pipeline of its own, with the same results at a higher price. Callbacks must be pure:
 * a variable outside of them would be shared by all keys.
 *
 * @example by(['host', 'service'], severity({ critical: below(5) }), alert({ … }))
 * @example by({ keys: (event) => event.attributes.rack, idle: '1h', max: 500 }, throttle(1, '1m'))
 */
export function by<A>(keys: Key | readonly Key[] | ByOptions, a: Op<Event, A>): Op<Event, A>
export function by<A, B>(keys: Key | readonly Key[] | ByOptions, a: Op<Event, A>, b: Op<A, B>): Op<Event, B>
export function by<A, B, C>(
  keys: Key | readonly Key[] | ByOptions,
  a: Op<Event, A>,
  b: Op<A, B>,
  c: Op<B, C>,
): Op<Event, C>
export function by<A, B, C, D>(
  keys: Key | readonly Key[] | ByOptions,
  a: Op<Event, A>,
  b: Op<A, B>,
  c: Op<B, C>,
  d: Op<C, D>,
): Op<Event, D>
export function by<A, B, C, D, E>(
  keys: Key | readonly Key[] | ByOptions,
  a: Op<Event, A>,
  b: Op<A, B>,
  c: Op<B, C>,
  d: Op<C, D>,
  e: Op<D, E>,
): Op<Event, E>
export function by<A, B, C, D, E, F>(
  keys: Key | readonly Key[] | ByOptions,
  a: Op<Event, A>,
  b: Op<A, B>,
  c: Op<B, C>,
  d: Op<C, D>,
  e: Op<D, E>,
  f: Op<E, F>,
): Op<Event, F>
export function by(
  keys: Key | readonly Key[] | ByOptions,
  ...operators: readonly Op<never, unknown>[]
): Op<Event, unknown> {
  const keying = keyingOf('by', keys)
  for (const [n, operator] of operators.entries()) {
    if (typeof operator === 'function') continue
    throw invalid('by', `what stands at place ${n + 1} after the keys is no operator: ${String(operator)}`)
  }
  // The overloads have checked that each operator takes what the one before it gives.
  const chain = operators as readonly Op<unknown, unknown>[]
  const inner = (source: Observable<unknown>) => chain.reduce((stream, operator) => operator(stream), source)
  return (source) => new KeyedNode(siteOf<Event>('by', source), keying, inner).output
}

/** How the groups of a `by` are made and bounded, for the engine; `name` is that of the operator. */
export function keyingOf(name: string, keys: Key | readonly Key[] | ByOptions): Keying {
  const options: ByOptions = isOptions(keys) ? keys : { keys }
  onlyMembers(name, options, ['keys', 'idle', 'max', 'separate'])
  const list = isList(options.keys) ? options.keys : [options.keys]
  if (list.length === 0) throw invalid(name, `it needs a key: ${name}('host', …)`)
  for (const key of list) {
    if (typeof key === 'function' || FIELDS.includes(key)) continue
    throw invalid(
      name,
      `there is no key ${JSON.stringify(key) ?? String(key)}; there are ${FIELDS.join(', ')}, and functions of the event`,
    )
  }
  const max = whole(name, 'max', options.max ?? 1_000_000, 1)
  const named = list.map((key) => (typeof key === 'string' ? key : key.name === '' ? 'fn' : key.name))
  return {
    name: `${name}(${named.join(',')})`,
    keys: list.map((key) => (typeof key === 'string' ? (event: Event) => event[key] : key)),
    idle: micros(options.idle ?? '1d'),
    max,
    separate: options.separate ?? false,
    place: callerPlace(),
  }
}

function isOptions(keys: Key | readonly Key[] | ByOptions): keys is ByOptions {
  return typeof keys === 'object' && 'keys' in keys && !Array.isArray(keys)
}

function isList(keys: Key | readonly Key[]): keys is readonly Key[] {
  return Array.isArray(keys)
}
