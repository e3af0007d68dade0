import { makeEvent } from 'weir-protocol'
import * as folds from '../../../server/src/streams/folds/index.ts'
import { pointsOf } from './points.ts'
import { field, isEvent, list, number, untimed } from './values.ts'

/** What the members of an F mean. */
export interface Meanings {
  readonly fn: (name: unknown) => (...args: readonly unknown[]) => unknown
  readonly value: (expr: unknown) => unknown
}

/** A fold by its name: of a list of events (elements may be null), and the further members of its F. */
export type Fold = (
  events: readonly unknown[],
  fn: Readonly<Record<string, unknown>>,
  meanings: Meanings,
) => unknown

/** `riemann.folds`, and which of Weir's functions each one is. */
export const FOLDS: Readonly<Record<string, Fold>> = {
  sum: as(folds.sum),
  'sum*': as(folds.sumStrict),
  product: as(folds.product),
  'product*': as(folds.productStrict),
  difference: as(folds.difference),
  'difference*': as(folds.differenceStrict),
  quotient: as(folds.quotient),
  'quotient*': as(folds.quotientStrict),
  'quotient-sloppy': as(folds.quotientSloppy),
  mean: as(folds.mean),
  median: as(folds.median),
  minimum: as(folds.minimum),
  maximum: as(folds.maximum),
  mode: as(folds.mode),
  modes: as(folds.modes),
  'std-dev': as(folds.stdDev),
  count: as(folds.count),
  'non-nil-metrics': as(folds.metrics),
  fold: (events, fn, meanings) => as(folds.fold(reducing(fn, meanings), emptyOf(fn)))(events, fn, meanings),
  'fold*': (events, fn, meanings) =>
    as(folds.foldStrict(reducing(fn, meanings), emptyOf(fn)))(events, fn, meanings),
  'fold-all': (events, fn, meanings) => as(folds.foldAll(reducing(fn, meanings)))(events, fn, meanings),
  extremum: (events, fn, meanings) => {
    const compare = meanings.fn(fn.compare)
    return as(folds.extremum((metric, best) => compare(metric, best) === true))(events, fn, meanings)
  },
  'sorted-sample': (events, fn, meanings) =>
    as(folds.sortedSample(pointsOf(fn.points, meanings.value)))(events, fn, meanings),
  'sorted-sample-extract': (events, fn, meanings) =>
    as(folds.sortedSampleExtract(list(fn.points).map((point) => number(meanings.value(point)))))(
      events,
      fn,
      meanings,
    ),
}

/** The fold where Weir's differs by choice. */
export function asRiemann(name: string, fold: Fold): Fold {
  return (events, fn, meanings) => {
    const metrics = events.filter((event) => field(event, 'metric') !== null)
    const none = events.some(isEvent) && metrics.length === 0
    if (name === 'std-dev' && none) throw new RangeError('Divide by zero')
    if (STRICT.includes(name) && events.length === 1 && metrics.length === 0)
      return isEvent(events[0]) ? events[0] : untimed(makeEvent({ time: 0 }))
    const made = fold(events, fn, meanings)
    if (name === 'count' && !events.some(isEvent) && isEvent(made))
      return { ...made, time: Math.round(made.time / 1e6) * 1e6 }
    return STRICT.includes(name) && events.length === 0 && isEvent(made) ? untimed(made) : made
  }
}

const STRICT = ['sum*', 'product*', 'difference*', 'quotient*', 'fold*']

/** Vectors are not typed, and rules are: what a fold is given is what Riemann's was given. */
function as<Out>(fold: (events: readonly folds.Slot[]) => Out): Fold {
  return (events) => fold(events as readonly folds.Slot[])
}

/** What Clojure's function gives without arguments. */
function emptyOf({ f }: Readonly<Record<string, unknown>>): number | undefined {
  return f === '+' ? 0 : f === '*' ? 1 : undefined
}

function reducing(
  fn: Readonly<Record<string, unknown>>,
  meanings: Meanings,
): (a: number, b: number) => number {
  const reduce = meanings.fn(fn.f)
  return (a, b) => number(reduce(a, b))
}
