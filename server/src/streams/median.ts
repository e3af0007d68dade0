/** The first place in ascending numbers at which this one stands or could be put. */
export function placeOf(sorted: readonly number[], value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] ?? 0) < value) low = middle + 1
    else high = middle
  }
  return low
}

/** The median of ascending numbers, of which there is at least one: the mean of the two in the middle where they are even. */
export function medianOf(sorted: readonly number[]): number {
  return middleOf(sorted.length, (place) => sorted[place] ?? 0)
}

/** The median of the distances of ascending numbers from a number, in logarithmic time. */
export function medianDeviation(sorted: readonly number[], from: number): number {
  const below = placeOf(sorted, from)
  const above = sorted.length - below
  // Two ascending sequences of distances: down from `from`, and up.
  const down = (n: number) => from - (sorted[below - 1 - n] ?? 0)
  const up = (n: number) => (sorted[below + n] ?? 0) - from
  /** The distance of this rank, from 0: how many of the `rank + 1` least ones lie below is found by halving. */
  const ranked = (rank: number): number => {
    let low = Math.max(0, rank + 1 - above)
    let high = Math.min(rank + 1, below)
    while (low < high) {
      const middle = (low + high) >>> 1
      if (down(middle) < up(rank - middle)) low = middle + 1
      else high = middle
    }
    const lastDown = low > 0 ? down(low - 1) : 0
    return low <= rank ? Math.max(lastDown, up(rank - low)) : lastDown
  }
  return middleOf(sorted.length, ranked)
}

function middleOf(count: number, at: (rank: number) => number): number {
  const upper = count >>> 1
  return count % 2 === 1 ? at(upper) : at(upper - 1) / 2 + at(upper) / 2
}
