import { pipe } from 'rxjs'
import { type Event, expire, isExpired } from 'weir-protocol'
import { filter } from '../../../server/src/streams/filter.ts'
import { map } from '../../../server/src/streams/map.ts'
import { merge } from '../../../server/src/streams/merge.ts'
import { smapcat } from '../../../server/src/streams/smapcat.ts'
import { sreduce } from '../../../server/src/streams/sreduce.ts'
import type { Node, Op } from './node.ts'
import { isEvent, micros } from './values.ts'

/** By what the events of a `top` are ranked. */
export function rankBy(node: Node): (event: unknown) => number | undefined {
  const fn = node.fn()
  return (event) => {
    const rank = fn(event)
    return typeof rank === 'number' && Number.isFinite(rank) ? rank : undefined
  }
}

interface Sorted {
  readonly members: readonly { readonly key: string; readonly event: Event; readonly rank: number }[]
  /** What goes where, in this order. */
  readonly told: readonly { readonly to: 'top' | 'rest'; readonly event: Event }[]
}

/** `top` in other words: all members in a list, which is sorted anew for each event. */
export function topBySorting(node: Node): Op {
  const rank = rankBy(node)
  const count = node.number('k')
  const now = () => micros(node.recorder.now())
  const both = node.has('bottom')
  const call = ({ members }: Sorted, value: unknown): Sorted => {
    if (!isEvent(value)) throw new TypeError('this is no event')
    const event = value
    const key = JSON.stringify([event.host, event.service])
    const others = members.filter((member) => member.key !== key)
    const own = rank(event)
    const tell = (to: 'top' | 'rest') =>
      [
        { to: to === 'top' ? 'rest' : 'top', event: expire(event, now()) },
        { to, event },
      ] as const
    if (isExpired(event))
      return {
        members: others,
        told: [
          { to: 'top', event },
          { to: 'rest', event },
        ],
      }
    if (own === undefined) return { members: others, told: tell('rest') }
    const member = { key, event, rank: own }
    if (others.length < members.length)
      return { members: members.map((one) => (one.key === key ? member : one)), told: tell('top') }
    if (members.length < count) return { members: [...members, member], told: tell('top') }
    const [least] = members.toSorted((a, b) => a.rank - b.rank)
    if (least === undefined || own <= least.rank) return { members, told: tell('rest') }
    const out = both
      ? ([
          { to: 'top', event: expire(least.event, now()) },
          { to: 'rest', event: least.event },
        ] as const)
      : []
    return {
      members: [...members.filter((one) => one !== least), member],
      told: [...out, ...tell('top')],
    }
  }
  const side = (to: 'top' | 'rest', child: unknown) =>
    pipe(
      filter((one: Sorted['told'][number]) => one.to === to),
      map((one: Sorted['told'][number]) => one.event),
      node.inner(child),
    )
  const sides = both
    ? merge(side('top', node.raw('top')), side('rest', node.raw('bottom')))
    : side('top', node.raw('top'))
  return pipe(
    sreduce(call, { members: [], told: [] }),
    smapcat(({ told }) => told),
    sides,
  )
}
