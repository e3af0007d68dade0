import { type OperatorFunction, pipe } from 'rxjs'
import { type Event, expire, isExpired } from 'weir-protocol'
import { fork } from '../rules/fork.ts'
import { type StepContext, step } from '../rules/step.ts'
import { whole } from './parameters.ts'

interface Member {
  readonly event: Event
  readonly value: number
}

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
 * An equal value never displaces one that is there. A member whose value falls stays until another one displaces it;
 * that one goes to `rest` and is expired in `top` at once, but without `rest` only when it comes next. An expired event
 * leaves and goes to both; one without a value (undefined or NaN) leaves. State: `count` events. O(`count`) an event.
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
  const ranking = step<Event, Routed, readonly Member[]>('top', [count, rest !== undefined], {
    init: () => [],
    event(state, event, context) {
      const at = state.findIndex((member) => isSame(member.event, event))
      if (isExpired(event)) {
        context.emit({ event, to: 'top' })
        context.emit({ event, to: 'rest' })
        return at < 0 ? state : state.toSpliced(at, 1)
      }
      const rank = value(event)
      if (rank === undefined || rank === null || Number.isNaN(rank)) {
        tell(event, 'rest', context)
        return at < 0 ? state : state.toSpliced(at, 1)
      }
      const member = { event, value: rank }
      if (at >= 0) {
        tell(event, 'top', context)
        return state.with(at, member)
      }
      if (state.length < size) {
        tell(event, 'top', context)
        return [...state, member]
      }
      const least = state.reduce((a, b) => (b.value < a.value ? b : a))
      if (rank <= least.value) {
        tell(event, 'rest', context)
        return state
      }
      if (rest !== undefined) {
        context.emit({ event: expire(least.event, context.now), to: 'top' })
        context.emit({ event: least.event, to: 'rest' })
      }
      tell(event, 'top', context)
      return [...state.filter((one) => one !== least), member]
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

function isSame(a: Event, b: Event): boolean {
  return a.host === b.host && a.service === b.service
}
