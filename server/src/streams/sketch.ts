/**
 * How many numbers are how large, with a bounded relative error and in bounded memory; JSON data, changed in place.
 *
 * A DDSketch (Masson, Rim and Lee, "DDSketch: a fast and fully-mergeable quantile sketch with relative-error
 * guarantees", 2019): a number counts in the bucket of its logarithm. The range bounds how many buckets there are.
 */
export interface Sketch {
  /** How many numbers there are in each bucket, of those above 0 and of those below it by their amount. */
  readonly above: Record<string, number>
  readonly below: Record<string, number>
  readonly zero: number
  readonly count: number
}

/** Amounts below this count as 0. */
export const SMALLEST = 1e-12
/** Amounts above this can't be counted. */
export const LARGEST = 1e18

/** The ratio of a bucket's bounds where the relative error of its middle is at most this. */
export function ratioOf(error: number): number {
  return (1 + error) / (1 - error)
}

/** A sketch with nothing in it, which `counted` may change. */
export function emptySketch(): Sketch {
  return { above: {}, below: {}, zero: 0, count: 0 }
}

/** The sketch with the number in it; its buckets are changed in place. Throws where the number is too large. */
export function counted(sketch: Sketch, value: number, ratio: number): Sketch {
  const amount = Math.abs(value)
  if (!(amount <= LARGEST)) throw new RangeError(`the metric ${value} is beyond ${LARGEST}`)
  const count = sketch.count + 1
  if (amount < SMALLEST) return { ...sketch, zero: sketch.zero + 1, count }
  const side = value > 0 ? sketch.above : sketch.below
  const bucket = Math.ceil(Math.log(amount) / Math.log(ratio))
  side[bucket] = (side[bucket] ?? 0) + 1
  return { ...sketch, count }
}

/** About the numbers at these points of the order: of n that at ⌊n · point⌋, the last one for 1. Of none it is undefined. */
export function quantilesOf(
  sketch: Sketch,
  points: readonly number[],
  ratio: number,
): readonly (number | undefined)[] {
  const steps = ascending(sketch, ratio)
  return points.map((point) => {
    const rank = Math.min(sketch.count - 1, Math.floor(sketch.count * point))
    let before = 0
    for (const [value, count] of steps) {
      before += count
      if (count > 0 && rank < before) return value
    }
    return undefined
  })
}

/** The middle of each bucket and what is in it, from the least on. */
function ascending({ above, below, zero }: Sketch, ratio: number): readonly (readonly [number, number])[] {
  const middles = (side: Record<string, number>) =>
    Object.entries(side)
      .map(([bucket, count]) => [Number(bucket), count] as const)
      .sort(([a], [b]) => a - b)
      .map(([bucket, count]) => [(2 * ratio ** bucket) / (ratio + 1), count] as const)
  return [
    ...middles(below)
      .toReversed()
      .map(([middle, count]) => [-middle, count] as const),
    [0, zero],
    ...middles(above),
  ]
}
