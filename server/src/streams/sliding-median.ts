/**
 * Numbers in numbered places, of which any can be replaced, with their median and that of their distances from it; JSON
 * data, changed in place. All of it takes logarithmic time.
 *
 * Two search trees stand in one list: that of the lower half of the numbers, and that of the upper half, which has one
 * more where they are odd. They are treaps (Seidel and Aragon, "Randomized search trees", 1996) with a hash of the node
 * for a priority: so they are as deep as random ones, and always the same for the same numbers.
 */
export interface SlidingMedian {
  /** By node, which is one more than the place: node 0 stands for none. */
  readonly values: number[]
  /**
   * Of each node in turn the tree of what is before it, the tree of what is after it, and how many are in its own tree.
   * In the place of those of node 0 the two halves, and 0.
   */
  readonly nodes: number[]
}

/** Where in `nodes` the halves are. */
const LOWER = 0
const UPPER = 1

export function emptyMedian(): SlidingMedian {
  return { values: [0], nodes: [0, 0, 0] }
}

/** How many numbers there are. */
export function sizeOf({ values }: SlidingMedian): number {
  return values.length - 1
}

/** Puts a number into a place: the next one, or one in which another number stands, which leaves. */
export function put(all: SlidingMedian, place: number, value: number): void {
  const { values, nodes } = all
  const node = place + 1
  if (node < values.length) remove(all, halfOf(all, node), node)
  values[node] = value
  insert(all, halfOf(all, node), node)
  while (sizeIn(nodes, UPPER) > sizeIn(nodes, LOWER) + 1) {
    const first = firstOfUpper(nodes)
    remove(all, UPPER, first)
    insert(all, LOWER, first)
  }
  while (sizeIn(nodes, LOWER) > sizeIn(nodes, UPPER)) {
    const last = lastOfLower(nodes)
    remove(all, LOWER, last)
    insert(all, UPPER, last)
  }
}

/** The median of the numbers, of which there is at least one: the mean of the two in the middle where they are even. */
export function medianOf(all: SlidingMedian): number {
  const { values, nodes } = all
  const above = at(values, firstOfUpper(nodes))
  return sizeOf(all) % 2 === 1 ? above : at(values, lastOfLower(nodes)) / 2 + above / 2
}

/** The median of their distances from their median. */
export function deviationFrom(all: SlidingMedian, median: number): number {
  const half = sizeIn(all.nodes, LOWER)
  const above = distanceAt(all, median, half)
  return sizeOf(all) % 2 === 1 ? above : distanceAt(all, median, half - 1) / 2 + above / 2
}

/** The distance from the median that has this rank, from 0. */
function distanceAt({ values, nodes }: SlidingMedian, median: number, rank: number): number {
  let lower = at(nodes, LOWER)
  let upper = at(nodes, UPPER)
  let rest = rank
  while (lower !== 0 && upper !== 0) {
    /** As many of their halves are as near as these, or nearer. */
    const near = sizeIn(nodes, after(lower)) + 1
    const nearUp = sizeIn(nodes, before(upper)) + 1
    const upIsNearer = at(values, upper) - median < median - at(values, lower)
    if (near + nearUp > rest + 1) {
      // The farther one, and what is beyond it, comes after this rank.
      if (upIsNearer) lower = at(nodes, after(lower))
      else upper = at(nodes, before(upper))
    } else if (upIsNearer) {
      // The nearer one, and what is nearer still, comes before this rank.
      rest -= nearUp
      upper = at(nodes, after(upper))
    } else {
      rest -= near
      lower = at(nodes, before(lower))
    }
  }
  return upper === 0
    ? median - at(values, nth(nodes, lower, at(nodes, size(lower)) - 1 - rest))
    : at(values, nth(nodes, upper, rest)) - median
}

/** Where in `nodes` these are of a node. */
const before = (node: number) => 3 * node
const after = (node: number) => 3 * node + 1
const size = (node: number) => 3 * node + 2

/** What stands in a list; all that is asked for does. */
const at = (list: readonly number[], place: number) => list[place] ?? 0
/** How many are in the tree that hangs there. */
const sizeIn = (nodes: readonly number[], slot: number) => at(nodes, size(at(nodes, slot)))

/** Of equal numbers that of the lower node comes first, so that each can be found. */
function isBefore(values: readonly number[], one: number, other: number): boolean {
  const apart = at(values, one) - at(values, other)
  return apart === 0 ? one < other : apart < 0
}

/** No two nodes have the same. */
function priorityOf(node: number): number {
  const mixed = Math.imul(node ^ (node >>> 15), 0x2c1b3c6d)
  return Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39) >>> 0
}

/** The half in which a node is, or into which it belongs. */
function halfOf({ values, nodes }: SlidingMedian, node: number): number {
  const last = lastOfLower(nodes)
  return last !== 0 && !isBefore(values, last, node) ? LOWER : UPPER
}

function lastOfLower(nodes: readonly number[]): number {
  let node = at(nodes, LOWER)
  for (let next = node; next !== 0; next = at(nodes, after(next))) node = next
  return node
}

function firstOfUpper(nodes: readonly number[]): number {
  let node = at(nodes, UPPER)
  for (let next = node; next !== 0; next = at(nodes, before(next))) node = next
  return node
}

/** The node of this rank in a tree, from 0. */
function nth(nodes: readonly number[], root: number, rank: number): number {
  let node = root
  let rest = rank
  for (;;) {
    const less = sizeIn(nodes, before(node))
    if (rest === less || node === 0) return node
    const isAfter = rest > less
    if (isAfter) rest -= less + 1
    node = at(nodes, isAfter ? after(node) : before(node))
  }
}

function insert({ values, nodes }: SlidingMedian, half: number, node: number): void {
  const priority = priorityOf(node)
  let slot = half
  let root = at(nodes, slot)
  while (root !== 0 && priorityOf(root) > priority) {
    nodes[size(root)] = at(nodes, size(root)) + 1
    slot = isBefore(values, node, root) ? before(root) : after(root)
    root = at(nodes, slot)
  }
  nodes[slot] = node
  part(values, nodes, root, node)
}

function remove({ values, nodes }: SlidingMedian, half: number, node: number): void {
  let slot = half
  for (let root = at(nodes, slot); root !== node; root = at(nodes, slot)) {
    nodes[size(root)] = at(nodes, size(root)) - 1
    slot = isBefore(values, node, root) ? before(root) : after(root)
  }
  nodes[slot] = together(nodes, at(nodes, before(node)), at(nodes, after(node)))
}

/** Puts a tree below a node: what is before it on the one side, the rest on the other. */
function part(values: readonly number[], nodes: number[], root: number, node: number): void {
  if (root === 0) {
    nodes[before(node)] = 0
    nodes[after(node)] = 0
  } else if (isBefore(values, root, node)) {
    part(values, nodes, at(nodes, after(root)), node)
    nodes[after(root)] = at(nodes, before(node))
    nodes[before(node)] = root
    resize(nodes, root)
  } else {
    part(values, nodes, at(nodes, before(root)), node)
    nodes[before(root)] = at(nodes, after(node))
    nodes[after(node)] = root
    resize(nodes, root)
  }
  resize(nodes, node)
}

/** Two trees as one, all of the first before all of the second. */
function together(nodes: number[], first: number, second: number): number {
  if (first === 0) return second
  if (second === 0) return first
  if (priorityOf(first) > priorityOf(second)) {
    nodes[after(first)] = together(nodes, at(nodes, after(first)), second)
    resize(nodes, first)
    return first
  }
  nodes[before(second)] = together(nodes, first, at(nodes, before(second)))
  resize(nodes, second)
  return second
}

function resize(nodes: number[], node: number): void {
  nodes[size(node)] = 1 + sizeIn(nodes, before(node)) + sizeIn(nodes, after(node))
}
