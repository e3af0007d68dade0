/** A moment in microseconds and a metric. */
export interface Point {
  readonly time: number
  readonly metric: number
}

/** A straight line through points by least squares, as sums that can be put together. */
export interface Fit {
  readonly count: number
  /** The time of the point that was added first; 0 where there is none. */
  readonly from: number
  /** The means of times and metrics. */
  readonly time: number
  readonly metric: number
  /** The sums of squares and of products of the distances from them. */
  readonly squares: number
  readonly products: number
}

/**
 * The line through the last points, where old ones leave as new ones come; JSON data, changed in place.
 *
 * It is two stacks: of the older points the lines of each with all younger ones, of the newer ones the points and their
 * line. So a point costs the same however many there are (on average), and nothing is ever subtracted: no error grows.
 * They are lists of plain numbers, which take a third of the memory of objects.
 */
export interface SlidingFit {
  /** The fields of each line in turn; the last one is of the oldest point. */
  readonly older: number[]
  /** Time and metric of each point in turn. */
  readonly newer: number[]
  newerFit: Fit
}

const NONE: Fit = { count: 0, from: 0, time: 0, metric: 0, squares: 0, products: 0 }
const FIELDS = 6

/** Products of distances from larger ones would not be numbers any more. */
const LARGEST = 1e100

/** A RangeError where no line can be put through a metric; to be called before anything is changed. */
export function refuseHuge(metric: number): void {
  if (Math.abs(metric) > LARGEST)
    throw new RangeError(`the metric ${metric} is too large to put a line through`)
}

export function emptyFit(): SlidingFit {
  return { older: [], newer: [], newerFit: NONE }
}

/**
 * Adds a point and answers the line through all: those that were added first leave where there are more than `most`, and
 * where they are of `since` or before.
 */
export function slide(fit: SlidingFit, point: Point, most: number, since = Number.NEGATIVE_INFINITY): Fit {
  while (sizeOf(fit) >= most || (sizeOf(fit) > 0 && fromOf(fit) <= since)) dropFirst(fit)
  fit.newer.push(point.time, point.metric)
  fit.newerFit = together(fit.newerFit, lineOf(point))
  return fitOf(fit)
}

/** What the line says of a moment; undefined where all points are of one moment. */
export function valueAt({ time, metric, squares, products }: Fit, moment: number): number | undefined {
  return squares === 0 ? undefined : metric + (products / squares) * (moment - time)
}

function sizeOf({ older, newer }: SlidingFit): number {
  return older.length / FIELDS + newer.length / 2
}

/** When the point was that was added first. */
function fromOf({ older, newer }: SlidingFit): number {
  return (older.length > 0 ? older[older.length - FIELDS + 1] : newer[0]) ?? 0
}

function fitOf({ older, newerFit }: SlidingFit): Fit {
  if (older.length === 0) return newerFit
  const at = older.length - FIELDS
  const field = (n: number) => older[at + n] ?? 0
  const [count, from, time] = [field(0), field(1), field(2)]
  const [metric, squares, products] = [field(3), field(4), field(5)]
  return together({ count, from, time, metric, squares, products }, newerFit)
}

/** Takes the point away that was added first. */
function dropFirst(fit: SlidingFit): void {
  const { older, newer } = fit
  if (older.length === 0) {
    let younger = NONE
    for (let at = newer.length - 2; at >= 0; at -= 2) {
      younger = together(lineOf({ time: newer[at] ?? 0, metric: newer[at + 1] ?? 0 }), younger)
      const { count, from, time, metric, squares, products } = younger
      older.push(count, from, time, metric, squares, products)
    }
    newer.length = 0
    fit.newerFit = NONE
  }
  for (let n = 0; n < FIELDS; n++) older.pop()
}

function lineOf({ time, metric }: Point): Fit {
  return { count: 1, from: time, time, metric, squares: 0, products: 0 }
}

/** Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances" (1979). */
function together(a: Fit, b: Fit): Fit {
  if (a.count === 0) return b
  if (b.count === 0) return a
  const count = a.count + b.count
  const apart = b.time - a.time
  const higher = b.metric - a.metric
  const weight = (a.count * b.count) / count
  return {
    count,
    from: a.from,
    time: a.time + (apart * b.count) / count,
    metric: a.metric + (higher * b.count) / count,
    squares: a.squares + b.squares + apart * apart * weight,
    products: a.products + b.products + apart * higher * weight,
  }
}
