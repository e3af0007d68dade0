import type { OperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { fork } from '../rules/fork.ts'
import { type When, whenTest } from '../rules/match.ts'

/** Which events, and what happens with them. */
export type Clause<Out> = readonly [when: When, then: OperatorFunction<Event, Out>]

/**
 * Sends each event to the first clause that it meets, or to what stands last without a condition; without that, an event
 * that meets none is dropped (Riemann's `split`; with one clause and an operator behind it, `where` with `else`).
 * What comes out of any branch goes on. A condition is data, as in `match`, or a pure predicate; one that throws drops
 * the event, counted.
 *
 * @example
 * split(
 *   [(event) => (event.metric ?? 0) > 90, withFields({ state: 'critical' })],
 *   [{ tagged: 'batch' }, withFields({ state: 'warning' })],
 *   withFields({ state: 'ok' }),
 * )
 */
export function split<Out>(
  ...parts: readonly (Clause<Out> | OperatorFunction<Event, Out>)[]
): OperatorFunction<Event, Out> {
  const tests = parts.map((part) => (typeof part === 'function' ? () => true : whenTest(part[0])))
  const branches = parts.map((part) => (typeof part === 'function' ? part : part[1]))
  return fork<Event, Event, Out>(
    'split',
    branches,
    (event, entrances) => {
      const at = tests.findIndex((test) => test(event))
      entrances[at]?.next(event)
    },
    [parts.map((part) => (typeof part === 'function' ? 'otherwise' : part[0]))],
  )
}
