/**
 * Numbers in numbered places, of which any can be replaced, with their median and that of their distances from it; JSON
 * data, changed in place. All of it takes logarithmic time.
 *
 * Two search trees stand in the same arrays: that of the lower half of the numbers, and that of the upper half, which has
 * one more where they are odd. They are treaps (Seidel and Aragon, "Randomized search trees", 1996) with a hash of the
 * place for a priority: so they are as deep as random ones, and always the same for the same numbers.
 */
export interface SlidingMedian {
  /** By place, as all the lists are. */
  readonly values: number[]
  /** The trees of what is less, and of what is more; NONE where they are empty. */
  readonly left: number[]
  readonly right: number[]
  /** How many stand in the tree from here on. */
  readonly sizes: number[]
  /** The roots of the halves. */
  lower: number
  upper: number
}

const NONE = -1

export function emptyMedian(): SlidingMedian {
  return { values: [], left: [], right: [], sizes: [], lower: NONE, upper: NONE }
}

/** Puts a number into a place: the next one, or one in which another number stands, which leaves. */
export function put(all: SlidingMedian, place: number, value: number): void {
  if (place < all.values.length) move(all, place, false)
  all.values[place] = value
  move(all, place, true)
  while (sizeOf(all, all.upper) > sizeOf(all, all.lower) + 1) {
    const least = nth(all, all.upper, 0)
    all.upper = without(all, all.upper, least)
    all.lower = withOne(all, all.lower, least)
  }
  while (sizeOf(all, all.lower) > sizeOf(all, all.upper)) {
    const largest = nth(all, all.lower, sizeOf(all, all.lower) - 1)
    all.lower = without(all, all.lower, largest)
    all.upper = withOne(all, all.upper, largest)
  }
}

/** The median of the numbers, of which there is at least one: the mean of the two in the middle where they are even. */
export function medianOf(all: SlidingMedian): number {
  const above = valueAt(all, nth(all, all.upper, 0))
  const half = sizeOf(all, all.lower)
  return isOdd(all) ? above : valueAt(all, nth(all, all.lower, half - 1)) / 2 + above / 2
}

/** The median of their distances from their median. */
export function deviationFrom(all: SlidingMedian, median: number): number {
  const half = sizeOf(all, all.lower)
  const above = distanceAt(all, median, half)
  return isOdd(all) ? above : distanceAt(all, median, half - 1) / 2 + above / 2
}

const isOdd = ({ values }: SlidingMedian) => values.length % 2 === 1

/** The distance from the median that has this rank, from 0. */
function distanceAt(all: SlidingMedian, median: number, rank: number): number {
  let { lower, upper } = all
  let rest = rank
  while (lower !== NONE && upper !== NONE) {
    /** As many are as near as these, or nearer, in their halves. */
    const near = sizeOf(all, child(all.right, lower)) + 1
    const nearUp = sizeOf(all, child(all.left, upper)) + 1
    const upIsNearer = valueAt(all, upper) - median < median - valueAt(all, lower)
    if (near + nearUp > rest + 1) {
      // The farther one, and what is beyond it, comes after this rank.
      if (upIsNearer) lower = child(all.right, lower)
      else upper = child(all.left, upper)
    } else if (upIsNearer) {
      // The nearer one, and what is before it, comes before this rank.
      rest -= nearUp
      upper = child(all.right, upper)
    } else {
      rest -= near
      lower = child(all.left, lower)
    }
  }
  return upper === NONE
    ? median - valueAt(all, nth(all, lower, sizeOf(all, lower) - 1 - rest))
    : valueAt(all, nth(all, upper, rest)) - median
}

/** Puts a node into the half to which it belongs, or takes it out of there. */
function move(all: SlidingMedian, node: number, comes: boolean): void {
  const change = comes ? withOne : without
  const half = sizeOf(all, all.lower)
  const largest = half === 0 ? NONE : nth(all, all.lower, half - 1)
  if (largest !== NONE && !isBefore(all, largest, node)) all.lower = change(all, all.lower, node)
  else all.upper = change(all, all.upper, node)
}

const valueAt = ({ values }: SlidingMedian, node: number) => values[node] ?? 0
const sizeOf = ({ sizes }: SlidingMedian, node: number) => (node === NONE ? 0 : (sizes[node] ?? 0))
const child = (side: readonly number[], node: number) => side[node] ?? NONE

/** Of equal numbers that of the lower place comes first, so that each node can be found. */
function isBefore(all: SlidingMedian, one: number, other: number): boolean {
  const apart = valueAt(all, one) - valueAt(all, other)
  return apart === 0 ? one < other : apart < 0
}

/** No two places have the same. */
function priorityOf(node: number): number {
  const mixed = Math.imul(node ^ (node >>> 15), 0x2c1b3c6d)
  return Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39) >>> 0
}

function resize(all: SlidingMedian, node: number): void {
  all.sizes[node] = 1 + sizeOf(all, child(all.left, node)) + sizeOf(all, child(all.right, node))
}

/** The node of this rank, from 0. */
function nth(all: SlidingMedian, root: number, rank: number): number {
  let node = root
  let rest = rank
  for (;;) {
    const less = sizeOf(all, child(all.left, node))
    if (rest === less || node === NONE) return node
    if (rest < less) node = child(all.left, node)
    else {
      rest -= less + 1
      node = child(all.right, node)
    }
  }
}

/** The tree with a node more; answers its root. */
function withOne(all: SlidingMedian, root: number, node: number): number {
  if (root === NONE || priorityOf(node) > priorityOf(root)) {
    part(all, root, node)
    return node
  }
  if (isBefore(all, node, root)) all.left[root] = withOne(all, child(all.left, root), node)
  else all.right[root] = withOne(all, child(all.right, root), node)
  resize(all, root)
  return root
}

/** Puts a tree below a node: what is before it to the left, the rest to the right. */
function part(all: SlidingMedian, root: number, node: number): void {
  if (root === NONE) {
    all.left[node] = NONE
    all.right[node] = NONE
  } else if (isBefore(all, root, node)) {
    part(all, child(all.right, root), node)
    all.right[root] = child(all.left, node)
    all.left[node] = root
    resize(all, root)
  } else {
    part(all, child(all.left, root), node)
    all.left[root] = child(all.right, node)
    all.right[node] = root
    resize(all, root)
  }
  resize(all, node)
}

/** The tree without one of its nodes. */
function without(all: SlidingMedian, root: number, node: number): number {
  if (root === node || root === NONE) return together(all, child(all.left, root), child(all.right, root))
  if (isBefore(all, node, root)) all.left[root] = without(all, child(all.left, root), node)
  else all.right[root] = without(all, child(all.right, root), node)
  resize(all, root)
  return root
}

/** Two trees as one, all of the first before all of the second. */
function together(all: SlidingMedian, first: number, second: number): number {
  if (first === NONE) return second
  if (second === NONE) return first
  if (priorityOf(first) > priorityOf(second)) {
    all.right[first] = together(all, child(all.right, first), second)
    resize(all, first)
    return first
  }
  all.left[second] = together(all, first, child(all.left, second))
  resize(all, second)
  return second
}
