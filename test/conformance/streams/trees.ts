import { isMap } from './values.ts'

/** A node of a vector's stream tree, as it is written. */
export type Tree = Readonly<Record<string, unknown>>

/** All nodes of this op in a tree. */
export function nodesOf(tree: unknown, op: string): Readonly<Record<string, unknown>>[] {
  if (Array.isArray(tree)) return tree.flatMap((member) => nodesOf(member, op))
  if (!isMap(tree)) return []
  return [...(tree.op === op ? [tree] : []), ...Object.values(tree).flatMap((member) => nodesOf(member, op))]
}

/** Whether all nodes of a tree are of these ops. */
export function onlyOps(tree: unknown, ops: readonly string[]): boolean {
  if (Array.isArray(tree)) return tree.every((member) => onlyOps(member, ops))
  if (!isMap(tree)) return true
  if (typeof tree.op === 'string' && !ops.includes(tree.op)) return false
  return Object.values(tree).every((member) => onlyOps(member, ops))
}

/** The tree with each node changed, from the leaves up. */
export function changeNodes(tree: Tree, change: (node: Tree) => Tree): Tree {
  const inner = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(inner)
    return isMap(value) ? changeNodes(value, change) : value
  }
  return change(Object.fromEntries(Object.entries(tree).map(([name, value]) => [name, inner(value)])))
}
