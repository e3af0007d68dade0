/** A moment in microseconds and a metric. */
export interface Point {
  readonly time: number
  readonly metric: number
}

/** A straight line through points by least squares, as sums that can be put together. */
export interface Fit {
  readonly count: number
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
 */
export interface SlidingFit {
  /** The last one is of the oldest point. */
  readonly older: Fit[]
  newer: Point[]
  newerFit: Fit
}

const NONE: Fit = { count: 0, time: 0, metric: 0, squares: 0, products: 0 }

export function emptyFit(): SlidingFit {
  return { older: [], newer: [], newerFit: NONE }
}

/** How many points there are. */
export function sizeOf(fit: SlidingFit): number {
  return fit.older.length + fit.newer.length
}

export function addPoint(fit: SlidingFit, point: Point): void {
  fit.newer.push(point)
  fit.newerFit = together(fit.newerFit, lineOf(point))
}

/** Takes the point away that was added first. */
export function dropOldest(fit: SlidingFit): void {
  if (fit.older.length === 0) {
    let younger = NONE
    for (const point of fit.newer.toReversed()) {
      younger = together(lineOf(point), younger)
      fit.older.push(younger)
    }
    fit.newer = []
    fit.newerFit = NONE
  }
  fit.older.pop()
}

/** The line through all points. */
export function fitOf(fit: SlidingFit): Fit {
  return together(fit.older.at(-1) ?? NONE, fit.newerFit)
}

/** What the line says of a moment; undefined where all points are of one moment. */
export function valueAt({ time, metric, squares, products }: Fit, moment: number): number | undefined {
  return squares === 0 ? undefined : metric + (products / squares) * (moment - time)
}

function lineOf({ time, metric }: Point): Fit {
  return { count: 1, time, metric, squares: 0, products: 0 }
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
    time: a.time + (apart * b.count) / count,
    metric: a.metric + (higher * b.count) / count,
    squares: a.squares + b.squares + apart * apart * weight,
    products: a.products + b.products + apart * higher * weight,
  }
}
