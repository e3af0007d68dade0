import { pipe } from 'rxjs'
import { type Event, isExpired, makeEvent } from 'weir-protocol'
import { map } from '../../../server/src/streams/map.ts'
import type { Node, Op } from './node.ts'
import { isEvent, list, untimed } from './values.ts'

/** An event that came in as it is; a copy that an operator makes of it does not have it. */
const CAME = Symbol('came')

const MARKED: Op = map((value: unknown) => (isEvent(value) ? { ...value, [CAME]: true } : value))

/** An operator of which an event that it makes of nothing has no time. */
export function withTimelessNothing(operator: Op): Op {
  return pipe(
    MARKED,
    operator,
    map((value: unknown) => {
      if (!isEvent(value)) return value
      return CAME in value ? withoutMark(value) : untimed(value)
    }),
  )
}

/** `dual` or `top`, of which the sides get expired copies with no more in them than Riemann's have. */
export function withBareCopies(node: Node, op: string, sides: readonly string[]): Op {
  const bare = sides
    .filter((side) => node.has(side))
    .map((side) => [side, { op: 'bare', children: [node.raw(side)] }] as const)
  return pipe(MARKED, node.inner({ ...node.members, op, ...Object.fromEntries(bare) }))
}

/** An expired copy as Riemann makes it; any other value as it is. */
export function bareCopy(value: unknown): unknown {
  if (!isEvent(value)) return value
  if (!isExpired(value) || CAME in value) return withoutMark(value)
  return bare(value)
}

/** What `project` hands on: there every expired event is a copy. */
export function bareSlots(slots: unknown): unknown {
  return list(slots).map((slot) => (isEvent(slot) && isExpired(slot) ? bare(slot) : slot))
}

function bare({ host, service, state, time }: Event): Event {
  return makeEvent({ host, service, state, time })
}

function withoutMark(event: Event & { readonly [CAME]?: unknown }): Event {
  const { [CAME]: _, ...others } = event
  return others
}
