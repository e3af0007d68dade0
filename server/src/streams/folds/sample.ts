import type { Event } from 'weir-protocol'
import { invalid } from '../parameters.ts'
import { type Fold, firstOf, type Slot } from './fold.ts'

/**
 * A point of an order, from 0 for the smallest to 1 for the largest; with what is appended to the service in place of a
 * space and the point.
 */
export type Point = number | readonly [point: number, suffix: string]

/** Points with their suffixes, or WEIR_RULE_INVALID, which names the operator. */
export function pointsOf(operator: string, points: readonly Point[]): readonly (readonly [number, string])[] {
  return points.map((point) => {
    const [place, suffix] = typeof point === 'number' ? [point, ` ${point}`] : point
    if (place >= 0 && place <= 1) return [place, suffix] as const
    throw invalid(operator, `points have to be numbers from 0 to 1; one is ${place}`)
  })
}

/**
 * The events at these points of the order by metric, exactly (Riemann's `sorted-sample-extract`): of n events that at
 * ⌊n · point⌋, the last one for 1. Missing events, and events without a metric, are left out; of equal metrics the one
 * that came first stands first. Where none is left the list is empty.
 */
export function sortedSampleExtract(
  points: readonly number[],
): (events: readonly Slot[]) => readonly Event[] {
  const wanted = pointsOf('sortedSampleExtract', points)
  return (events) => extracted(events, wanted).map(({ event }) => event)
}

/**
 * As `sortedSampleExtract`, and the service of each event gets its point: `lag 0.5`, or `lag.mid` where the point is
 * `[0.5, '.mid']` (Riemann's `sorted-sample`).
 *
 * @example pipe(movingEventWindow(100), smap(folds.sortedSample([0.5, 0.99])), …)
 */
export function sortedSample(points: readonly Point[]): (events: readonly Slot[]) => readonly Event[] {
  const wanted = pointsOf('sortedSample', points)
  return (events) => sampled(events, wanted)
}

/** What `sortedSample` gives, for points that have been looked at. */
export function sampled(
  events: readonly Slot[],
  points: readonly (readonly [number, string])[],
): readonly Event[] {
  return extracted(events, points).map(({ event, suffix }) => ({
    ...event,
    service: `${event.service ?? ''}${suffix}`,
  }))
}

/** The event in the middle of the order by metric; of an even number the upper one of the two. Events without a metric are left out. */
export const median: Fold = (events) => firstOf(extracted(events, [[0.5, '']]).map(({ event }) => event))

function extracted(
  events: readonly Slot[],
  points: readonly (readonly [number, string])[],
): readonly { readonly event: Event; readonly suffix: string }[] {
  const sorted = events
    .flatMap((event) => (event?.metric === undefined ? [] : [{ event, metric: event.metric }]))
    .sort((a, b) => a.metric - b.metric)
  return points.flatMap(([point, suffix]) => {
    const at = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * point))]
    return at === undefined ? [] : [{ event: at.event, suffix }]
  })
}
