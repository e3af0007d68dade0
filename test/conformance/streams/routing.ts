import { pipe } from 'rxjs'
import { by } from '../../../server/src/streams/by.ts'
import { byFn } from '../../../server/src/streams/by-fn.ts'
import { coalesce } from '../../../server/src/streams/coalesce.ts'
import { coalesceWithEvent } from '../../../server/src/streams/coalesce-with-event.ts'
import { dual } from '../../../server/src/streams/dual.ts'
import { map } from '../../../server/src/streams/map.ts'
import { project } from '../../../server/src/streams/project.ts'
import { split } from '../../../server/src/streams/split.ts'
import { top } from '../../../server/src/streams/top.ts'
import { bareCopy, bareSlots, withBareCopies } from './copies.ts'
import { builtinOf, type Fn, truthy } from './expressions.ts'
import { asRead, asWritten } from './keys.ts'
import { type Node, type Op, untyped, type Vocabulary } from './node.ts'
import { rankBy, topBySorting } from './top.ts'
import { isMap, list } from './values.ts'

/** What sends events different ways. */
export const ROUTING: Vocabulary = {
  operators: {
    project: (node) => untyped(project(...list(node.raw('exprs')).map((expr) => node.predicate(expr)))),
    'project with bare copies': (node) => pipe(node.operator('project'), map(bareSlots)),
    'project* with bare copies': (node) => pipe(node.operator('project*'), map(bareSlots)),
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
    'dual with bare copies': (node) => withBareCopies(node, 'dual', ['true', 'false']),
    'top with bare copies': (node) => withBareCopies(node, 'top', ['top', 'bottom']),
    bare: (node) => pipe(map(bareCopy), node.children()),
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
