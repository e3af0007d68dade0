import { type Event, makeEvent } from 'weir-protocol'
import { ruleTime } from '../../clock/rxjs.ts'

/** What stands in a list of events: one may be missing, as in the lists of `project`. */
export type Slot = Event | null | undefined

/** Makes one event of a list, or nothing where there is none to be made. */
export type Fold = (events: readonly Slot[]) => Event | undefined

/** What is put in place of a metric that can't be computed. */
export const MISSING = 'An event or metric was nil.'

/** The metrics that there are, in order (Riemann's `non-nil-metrics`). */
export function metrics(events: readonly Slot[]): readonly number[] {
  return events.flatMap((event) => event?.metric ?? [])
}

/** The first event that is there: the fold's other fields are those of this one. */
export function firstOf(events: readonly Slot[]): Event | undefined {
  return events.find((event) => event !== null && event !== undefined) ?? undefined
}

/**
 * The first event, with `reduce` of the metrics that there are as its metric (Riemann's `fold`).
 *
 * Missing events and metrics are left out. Where no event has a metric it is `empty`, or throws where that is not given;
 * of no event at all nothing is made.
 *
 * @example smap(folds.fold(Math.max))
 */
export function fold(reduce: (before: number, metric: number) => number, empty?: number): Fold {
  return (events) => {
    const first = firstOf(events)
    return first === undefined ? undefined : { ...first, metric: reduced(metrics(events), reduce, empty) }
  }
}

/**
 * As `fold`, but throws where an event or a metric is missing (Riemann's `fold*`). Of an empty list it makes an event
 * with nothing but `empty` and the present as time, or throws where `empty` is not given.
 */
export function foldStrict(reduce: (before: number, metric: number) => number, empty?: number): Fold {
  return (events) => {
    const all = events.map((event) => {
      if (event?.metric === undefined) throw new TypeError('an event or a metric is missing')
      return event.metric
    })
    const metric = reduced(all, reduce, empty)
    const first = firstOf(events)
    return first === undefined ? makeEvent({ metric, time: ruleTime() }) : { ...first, metric }
  }
}

/**
 * As `fold`, but nothing may be missing (Riemann's `fold-all`): where an event or a metric is, the first event is made
 * without a metric and with a description that says so. Where the first event is missing, nothing is made.
 */
export function foldAll(reduce: (before: number, metric: number) => number): Fold {
  return (events) => {
    const [first] = events
    if (first === null || first === undefined) return undefined
    // One event alone stays as it is.
    if (events.length === 1) return first
    const all = metrics(events)
    if (all.length < events.length) return { ...first, metric: undefined, description: MISSING }
    return { ...first, metric: reduced(all, reduce) }
  }
}

function reduced(
  all: readonly number[],
  reduce: (before: number, metric: number) => number,
  empty?: number,
): number {
  if (all.length > 0) return all.reduce((before, metric) => reduce(before, metric))
  if (empty !== undefined) return empty
  throw new TypeError('no event has a metric')
}
