import { type Fold, fold, foldAll, foldStrict } from './fold.ts'

const add = (before: number, metric: number) => before + metric
const multiply = (before: number, metric: number) => before * metric
const subtract = (before: number, metric: number) => before - metric
const divide = (before: number, metric: number) => {
  if (metric === 0) throw new RangeError('division by 0')
  return before / metric
}

/** The first event with the sum of all metrics as its metric; 0 where none has one. Missing events and metrics are left out. */
export const sum: Fold = fold(add, 0)

/** As `sum`, but throws where an event or a metric is missing (Riemann's `sum*`). */
export const sumStrict: Fold = foldStrict(add, 0)

/** The first event with the product of all metrics as its metric; 1 where none has one. Missing events and metrics are left out. */
export const product: Fold = fold(multiply, 1)

/** As `product`, but throws where an event or a metric is missing (Riemann's `product*`). */
export const productStrict: Fold = foldStrict(multiply, 1)

/**
 * The first event with its metric less those of all others. Where an event or a metric is missing it has none, and a
 * description that says so; where the first event is missing, nothing is made.
 */
export const difference: Fold = foldAll(subtract)

/** As `difference`, but throws where an event or a metric is missing, or the list is empty (Riemann's `difference*`). */
export const differenceStrict: Fold = foldStrict(subtract)

/**
 * The first event with its metric divided by those of all others. Where an event or a metric is missing, or a divisor is
 * 0, it has none, and a description that says which of these comes first; where the first event is missing, nothing is
 * made.
 */
export const quotient: Fold = (events) => {
  const [first, ...divisors] = events
  // Without a metric of its own it is not divided further than by the first.
  const reached = first?.metric === undefined ? divisors.slice(0, 1) : divisors
  const wrong = reached.find((event) => event?.metric === undefined || event.metric === 0)
  return first && wrong?.metric === 0
    ? { ...first, metric: undefined, description: "Can't divide by zero" }
    : foldAll(divide)(events)
}

/** As `quotient`, but throws where an event or a metric is missing, a divisor is 0 or the list is empty (Riemann's `quotient*`). */
export const quotientStrict: Fold = foldStrict(divide)

/**
 * As `quotient`, but 0 where any of the metrics is 0, also a divisor: for a part of a whole that may not be there yet.
 * Throws where an event other than the first, or a metric, is missing before a 0 is found.
 */
export const quotientSloppy: Fold = (events) => {
  const [first] = events
  if (first === null || first === undefined) return undefined
  for (const event of events) {
    if (event?.metric === undefined) throw new TypeError('an event or a metric is missing')
    if (event.metric === 0) return { ...first, metric: 0 }
  }
  return quotientStrict(events)
}
