import { pipe } from 'rxjs'
import { type Event, expire, isExpired } from 'weir-protocol'
import { by } from '../../../server/src/streams/by.ts'
import { byFn } from '../../../server/src/streams/by-fn.ts'
import { coalesce } from '../../../server/src/streams/coalesce.ts'
import { coalesceWithEvent } from '../../../server/src/streams/coalesce-with-event.ts'
import { dual } from '../../../server/src/streams/dual.ts'
import { filter } from '../../../server/src/streams/filter.ts'
import { map } from '../../../server/src/streams/map.ts'
import { merge } from '../../../server/src/streams/merge.ts'
import { project } from '../../../server/src/streams/project.ts'
import { smapcat } from '../../../server/src/streams/smapcat.ts'
import { split } from '../../../server/src/streams/split.ts'
import { sreduce } from '../../../server/src/streams/sreduce.ts'
import { top } from '../../../server/src/streams/top.ts'
import { builtinOf, type Fn, truthy } from './expressions.ts'
import { asRead, asWritten } from './keys.ts'
import { type Node, type Op, untyped, type Vocabulary } from './node.ts'
import { isEvent, isMap, list, micros } from './values.ts'

/** What sends events different ways. */
export const ROUTING: Vocabulary = {
  operators: {
    project: (node) => untyped(project(...list(node.raw('exprs')).map((expr) => node.predicate(expr)))),
    coalesce: (node) => untyped(coalesce(node.has('dt') ? node.number('dt') : undefined)),
    'coalesce-with-event': (node) => {
      const fn = node.fn()
      return untyped(coalesceWithEvent((event) => asWritten(fn(event))))
    },
    'project*': (node) => untyped(project(...list(node.raw('fns')).map((fn) => testOf(node.fn(fn))))),
  },
  trees: {
    by: (node) => untyped(by(keysOf(node), node.children())),
    'by-fn': byKey,
    'by-builder': byKey,
    split: (node) =>
      untyped(split(...clausesOf(node, (clause) => node.predicate(clause.if)), ...defaultOf(node))),
    'split*': (node) =>
      untyped(split(...clausesOf(node, (clause) => testOf(node.fn(clause.if))), ...defaultOf(node))),
    splitp: (node) => {
      const value = node.expression(node.raw('expr'))
      const holds = builtinOf(node.text('pred'), node.env())
      const clauses = clausesOf(node, (clause) => {
        const test = node.expression(clause.test)
        return (event) => truthy(holds(test(event), value(event)))
      })
      // What Riemann does with an event that meets no clause, where no default stands there.
      const none = node.inner({ op: 'throw', message: 'No matching clause' })
      return untyped(split(...clauses, ...(node.has('default') ? defaultOf(node) : [none])))
    },
    dual: (node) => {
      return untyped(dual(testOf(node.fn()), node.inner(node.raw('true')), node.inner(node.raw('false'))))
    },
    'top by sorting': topBySorting,
    top: (node) => {
      const value = rankBy(node)
      const bottom = node.has('bottom') ? node.inner(node.raw('bottom')) : undefined
      return untyped(top(node.number('k'), value, node.inner(node.raw('top')), bottom))
    },
  },
}

function rankBy(node: Node): (event: unknown) => number | undefined {
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
function topBySorting(node: Node): Op {
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

/** The children are made for each key, which they can see. */
function byKey(node: Node): Op {
  return untyped(
    byFn(keysOf(node), (...keys) => {
      const [first, ...others] = keys.map(asRead)
      const value = others.length === 0 ? first : [first, ...others]
      return node.with(node.has('var') ? { [node.text('var')]: value } : {}).children()
    }),
  )
}

function testOf(fn: Fn): (event: unknown) => boolean {
  return (event) => truthy(fn(event))
}

function keysOf(node: Node) {
  return list(node.raw('fields')).map((field) => {
    const fn = node.fn(field)
    return (event: unknown) => asWritten(fn(event))
  })
}

function clausesOf(
  node: Node,
  test: (clause: Readonly<Record<string, unknown>>) => (event: unknown) => boolean,
): [(event: unknown) => boolean, Op][] {
  return list(node.raw('clauses'))
    .filter(isMap)
    .map((clause) => [test(clause), node.inner(clause.then)])
}

function defaultOf(node: Node): Op[] {
  return node.has('default') ? [node.inner(node.raw('default'))] : []
}
