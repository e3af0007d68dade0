import { pipe } from 'rxjs'
import { map } from '../../../server/src/streams/map.ts'
import { merge } from '../../../server/src/streams/merge.ts'
import { scale } from '../../../server/src/streams/scale.ts'
import { smap } from '../../../server/src/streams/smap.ts'
import { smapcat } from '../../../server/src/streams/smapcat.ts'
import { sreduce } from '../../../server/src/streams/sreduce.ts'
import { tag } from '../../../server/src/streams/tag.ts'
import { untag } from '../../../server/src/streams/untag.ts'
import { type Defaults, withDefaults } from '../../../server/src/streams/with-defaults.ts'
import { type Fields, withFields } from '../../../server/src/streams/with-fields.ts'
import { type Node, type Op, ofEvents, untyped, type Vocabulary } from './node.ts'
import { assoc, FIELDS, field, isMap, list, micros, number } from './values.ts'

/** What changes events. */
export const TRANSFORM: Vocabulary = {
  operators: {
    with: (node) => untyped(withFields(fieldsOf(node))),
    default: (node) => ofEvents(withDefaults(defaultsOf(node))),
    adjust,
    scale: (node) => ofEvents(scale(node.number('factor'))),
    tag: (node) => ofEvents(tag(...node.texts('tags'))),
    untag: (node) => ofEvents(untag(...node.texts('tags'))),
    smap: (node) => smap(node.fn()),
    'smap*': (node) => map(node.fn()),
    smapcat: (node) => {
      const fn = node.fn()
      return smapcat((value) => list(fn(value)))
    },
    sflatten: () => smapcat(list),
    sreduce: (node) => {
      const fn = node.fn()
      return node.has('init') ? sreduce(fn, node.value('init')) : sreduce(fn)
    },
  },
  trees: {
    // What Riemann does, see the table of differences: each child gets the result of a further call.
    'sreduce for each child': (node) => {
      const fn = node.fn()
      const children = list(node.raw('children'))
      const call = (results: readonly Call[], event: unknown) => {
        let last = results.at(-1)?.value
        return children.map((): Call => {
          try {
            last = fn(last, event)
            return { value: last }
          } catch (error) {
            return { value: last, error }
          }
        })
      }
      const branches = children.map((child, n) =>
        pipe(
          map((results: readonly Call[]) => {
            if (results[n]?.error !== undefined) throw results[n].error
            return results[n]?.value
          }),
          node.inner(child),
        ),
      )
      return pipe(sreduce(call, [{ value: node.value('init') }]), merge(...branches))
    },
  },
}

/** What a call came to; where it threw, the value before. */
interface Call {
  readonly value: unknown
  readonly error?: unknown
}

/** `map`, and TypeScript. */
function adjust(node: Node): Op {
  const fn = node.fn()
  if (!node.has('field')) return map((event) => fn(event))
  const name = node.text('field')
  const args = list(node.raw('args')).map((arg) => node.expression(arg)(undefined))
  return ofEvents(map((event) => assoc(event, name, fn(field(event, name), ...args))))
}

function fieldsOf(node: Node): Fields {
  return namedHere(membersOf(node))
}

/** The members of a map as the fields of an event; nil takes one away. */
export function fieldsNamed(members: readonly (readonly [name: string, value: unknown])[]): Fields {
  return namedHere(members.map(([name, value]) => [name, value ?? undefined]))
}

/** A default of nil is none. */
function defaultsOf(node: Node): Defaults {
  return namedHere(membersOf(node).filter(([, value]) => value !== undefined))
}

/** The fields that the node names, and their values. */
function membersOf(node: Node): (readonly [name: string, value: unknown])[] {
  const set = node.raw('set')
  const exprs = isMap(set) ? Object.entries(set) : [[node.text('field'), node.raw('value')] as const]
  return exprs.map(([name, expr]) => [name, node.expression(expr)(undefined) ?? undefined])
}

/** The same as the members of an event. The vectors put anything into any of them. */
function namedHere(members: readonly (readonly [name: string, value: unknown])[]) {
  const attributes = members.filter(([name]) => !FIELDS.has(name))
  return Object.fromEntries([
    ...members
      // Every event has a time: it can't be taken away.
      .filter(([name, value]) => FIELDS.has(name) && !(name === 'time' && value === undefined))
      .map(([name, value]) => [name, name === 'time' ? micros(number(value)) : value]),
    ...(attributes.length === 0 ? [] : [['attributes', Object.fromEntries(attributes)]]),
  ])
}
