import { pipe } from 'rxjs'
import { by } from '../../../server/src/streams/by.ts'
import { changed } from '../../../server/src/streams/changed.ts'
import { changedState } from '../../../server/src/streams/changed-state.ts'
import { stable } from '../../../server/src/streams/stable.ts'
import { NotCovered } from './expressions.ts'
import { asWritten } from './keys.ts'
import { type Node, type Op, untyped, type Vocabulary } from './node.ts'
import { isMap, list } from './values.ts'

/** Changes of a value, and how long it holds. */
export const STATE: Vocabulary = {
  operators: {
    changed: (node) => untyped(changed(comparedBy(node.fn()), optionsOf(node))),
    stable: (node) => untyped(stable(node.number('dt'), comparedBy(node.fn()))),
  },
  trees: {
    'changed-state': (node) =>
      hasState(node) ? changedStateAround(node) : pipe(untyped(changedState(textOf(node))), node.children()),
  },
}

/**
 * Riemann's `changed-state` makes its children anew for each host and service. Weir's has no children: what is to be
 * apart for each stands within a `by`.
 */
function changedStateAround(node: Node): Op {
  const state = changed(comparedBy(node.fn('state')), optionsOf(node))
  return untyped(by(['host', 'service'], untyped(state), node.children()))
}

/** Whether anything stands below that has a state of its own. */
function hasState(node: Node): boolean {
  return list(node.raw('children')).some(
    (child) => !isMap(child) || !['out', 'next'].includes(String(child.op)),
  )
}

function comparedBy(fn: (event: unknown) => unknown) {
  return (event: unknown) => asWritten(fn(event))
}

function optionsOf(node: Node) {
  if (node.has('pairs')) throw new NotCovered('changed pairs')
  return node.has('init') ? { init: asWritten(node.value('init')) ?? null } : {}
}

function textOf(node: Node) {
  if (node.has('pairs')) throw new NotCovered('changed pairs')
  return node.has('init') ? { init: String(node.value('init')) } : {}
}
