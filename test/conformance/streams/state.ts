import { pipe } from 'rxjs'
import { by } from '../../../server/src/streams/by.ts'
import { changed } from '../../../server/src/streams/changed.ts'
import { changedState } from '../../../server/src/streams/changed-state.ts'
import { runs } from '../../../server/src/streams/runs.ts'
import { stable } from '../../../server/src/streams/stable.ts'
import { truthy } from './expressions.ts'
import { asWritten } from './keys.ts'
import { type Node, type Op, untyped, type Vocabulary } from './node.ts'
import { stableWithRepeats } from './stable.ts'
import { isMap, list } from './values.ts'

/** Changes of a value, and how long it holds. */
export const STATE: Vocabulary = {
  operators: {
    changed: (node) => changedBy(node, comparedBy(node.fn())),
    runs: (node) => untyped(runs(node.number('n'), comparedBy(node.fn()))),
    'stable with repeats': (node) => stableWithRepeats(node.number('dt'), comparedBy(node.fn())),
    stable: (node) => untyped(stable(node.number('dt'), comparedBy(node.fn()))),
  },
  trees: {
    'changed-state': (node) =>
      hasState(node) ? changedStateAround(node) : pipe(changedStateOf(node), node.children()),
  },
}

/**
 * Riemann's `changed-state` makes its children anew for each host and service. Weir's has no children: what is to be
 * apart for each stands within a `by`.
 */
function changedStateAround(node: Node): Op {
  return untyped(by(['host', 'service'], changedBy(node, comparedBy(node.fn('state'))), node.children()))
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

function changedBy(node: Node, value: (event: unknown) => string | undefined): Op {
  const options = node.has('init') ? { init: asWritten(node.value('init')) ?? null } : {}
  return inPairs(node)
    ? untyped(changed(value, { ...options, pairs: true }))
    : untyped(changed(value, options))
}

function changedStateOf(node: Node): Op {
  const options = node.has('init') ? { init: String(node.value('init')) } : {}
  return inPairs(node) ? untyped(changedState({ ...options, pairs: true })) : untyped(changedState(options))
}

function inPairs(node: Node): boolean {
  return truthy(node.raw('pairs'))
}
