import type { OperatorFunction } from 'rxjs'
import { type Event, expire } from 'weir-protocol'
import { type When, whenTest } from '../rules/match.ts'
import { step } from '../rules/step.ts'
import { isOver, type Kept } from './kept.ts'

/**
 * Keeps the latest event that meets each condition, and passes them all, in the order of the conditions, each time one
 * of them changes (Riemann's `project`): what puts two services into one number. A place that is empty is undefined.
 *
 * An event may take several places; one that takes none passes nothing. A place whose event has run out of its ttl
 * (60 s where it has none, from its arrival; not by time in which the hub could not listen), or says that it is expired,
 * is passed once more as an expired copy and then is empty. That is seen when the next event takes a place, not before.
 * What belongs together one by one, by a key and within a time, is the matter of `join`.
 *
 * @example
 * by('host', project({ service: 'errors' }, { service: 'requests' }), smap(quotient), over(0.01))
 */
export function project(
  ...conditions: readonly When[]
): OperatorFunction<Event, readonly (Event | undefined)[]> {
  const tests = conditions.map(whenTest)
  return step<Event, readonly (Event | undefined)[], readonly (Kept | null)[]>('project', [tests.length], {
    init: () => tests.map(() => null),
    event(state, event, context) {
      const met = tests.map((test) => test(event))
      if (!met.includes(true)) return state
      const places = state.map((place, n) => (met[n] ? { event, arrival: context.listened } : place))
      const over = places.map((place) => place !== null && isOver(place, context.listened))
      context.emit(
        places.map((place, n) =>
          place === null || !over[n] ? place?.event : expire(place.event, context.now),
        ),
      )
      return places.map((place, n) => (over[n] ? null : place))
    },
  })
}
