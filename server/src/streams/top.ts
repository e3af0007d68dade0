import { type OperatorFunction, pipe } from 'rxjs'
import { type Event, expire, isExpired } from 'weir-protocol'
import { fork } from '../rules/fork.ts'
import { type StepContext, step } from '../rules/step.ts'
import { whole } from './parameters.ts'
import { emptyRanking, keyOf, least, put, type Ranking, remove } from './ranking.ts'

/** An event, and which of the two streams it is for. */
interface Routed {
  readonly event: Event
  readonly to: 'top' | 'rest'
}

/**
 * Keeps the `count` hosts and services with the largest `value`: their events go to `top`, all others to `rest`, and
 * each time an expired copy to the other side, so that an index behind one of them holds just its own
 * (Riemann's `top`).
 *
 * An equal value never displaces one that is there; of those that are equally small the one that came first is
 * displaced. A member whose value falls stays until another one displaces it; that one goes to `rest` and is expired in
 * `top` at once, but without `rest` only when it comes next. An expired event leaves and goes to both; one without a value
 * (undefined, or no finite number) leaves. State: `count` events; O(log `count`) an event.
 *
 * @example top(10, (event) => event.metric, publish((event) => ({ ...event, service: `top ${event.service}` })))
 */
export function top<Out>(
  count: number,
  value: (event: Event) => number | undefined,
  members: OperatorFunction<Event, Out>,
  rest?: OperatorFunction<Event, Out>,
): OperatorFunction<Event, Out> {
  const size = whole('top', 'count', count, 1)
  const ranking = step<Event, Routed, Ranking<Event>>('top', [count, rest !== undefined], {
    version: 2,
    init: emptyRanking,
    event(state, event, context) {
      const key = keyOf(event)
      if (isExpired(event)) {
        context.emit({ event, to: 'top' })
        context.emit({ event, to: 'rest' })
        remove(state, key)
        return state
      }
      const rank = value(event)
      if (rank === undefined || !Number.isFinite(rank)) {
        tell(event, 'rest', context)
        remove(state, key)
        return state
      }
      if (!(key in state.places) && state.heap.length >= size) {
        const displaced = least(state)
        if (displaced === undefined || rank <= displaced.value) {
          tell(event, 'rest', context)
          return state
        }
        if (rest !== undefined) {
          context.emit({ event: expire(displaced.item, context.now), to: 'top' })
          context.emit({ event: displaced.item, to: 'rest' })
        }
        remove(state, displaced.key)
      }
      tell(event, 'top', context)
      put(state, key, event, rank)
      return state
    },
  })
  const sides = rest === undefined ? [members] : [members, rest]
  return pipe(
    ranking,
    fork<Routed, Event, Out>('top', sides, ({ event, to }, [toTop, toRest]) => {
      const side = to === 'top' ? toTop : toRest
      side?.next(event)
    }),
  )
}

/** The expired copy goes first. */
function tell(event: Event, to: Routed['to'], context: StepContext<Routed>): void {
  context.emit({ event: expire(event, context.now), to: to === 'top' ? 'rest' : 'top' })
  context.emit({ event, to })
}
