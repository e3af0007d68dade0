import type { MonoTypeOperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { type When, whenTest } from '../rules/match.ts'
import { stage } from '../rules/stage.ts'

/**
 * Passes the events that match: data as in a rule's `match`, or a predicate.
 * Where a whole rule concerns only such events, put it in `match` instead: the engine indexes that.
 *
 * @example where({ service: 'api/*', not: { state: 'ok' } })
 */
export function where(when: When): MonoTypeOperatorFunction<Event> {
  const test = whenTest(when)
  return stage(
    'where',
    (event, output) => {
      if (test(event)) output.next(event)
    },
    [when],
  )
}
