import { by } from '../../../server/src/streams/by.ts'
import { dual } from '../../../server/src/streams/dual.ts'
import { split } from '../../../server/src/streams/split.ts'
import { top } from '../../../server/src/streams/top.ts'
import { builtinOf, truthy } from './expressions.ts'
import { asWritten } from './keys.ts'
import { type Node, type Op, untyped, type Vocabulary } from './node.ts'
import { isMap, list } from './values.ts'

/** What sends events different ways. */
export const ROUTING: Vocabulary = {
  operators: {},
  trees: {
    by: (node) => untyped(by(keysOf(node), node.children())),
    split: (node) =>
      untyped(split(...clausesOf(node, (clause) => node.predicate(clause.if)), ...defaultOf(node))),
    'split*': (node) =>
      untyped(
        split(
          ...clausesOf(node, (clause) => {
            const fn = node.fn(clause.if)
            return (event) => truthy(fn(event))
          }),
          ...defaultOf(node),
        ),
      ),
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
      const fn = node.fn()
      return untyped(
        dual((event) => truthy(fn(event)), node.inner(node.raw('true')), node.inner(node.raw('false'))),
      )
    },
    top: (node) => {
      const fn = node.fn()
      const value = (event: unknown) => {
        const rank = fn(event)
        return typeof rank === 'number' ? rank : undefined
      }
      const bottom = node.has('bottom') ? node.inner(node.raw('bottom')) : undefined
      return untyped(top(node.number('k'), value, node.inner(node.raw('top')), bottom))
    },
  },
}

function keysOf(node: Node) {
  return list(node.raw('fields')).map((field) => {
    const fn = node.fn(field)
    return (event: unknown) => asWritten(fn(event))
  })
}

function clausesOf(
  node: Node,
  testOf: (clause: Readonly<Record<string, unknown>>) => (event: unknown) => boolean,
): [(event: unknown) => boolean, Op][] {
  return list(node.raw('clauses'))
    .filter(isMap)
    .map((clause) => [testOf(clause), node.inner(clause.then)])
}

function defaultOf(node: Node): Op[] {
  return node.has('default') ? [node.inner(node.raw('default'))] : []
}
