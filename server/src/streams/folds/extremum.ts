import type { Event } from 'weir-protocol'
import type { Fold } from './fold.ts'

/**
 * The event whose metric comes out ahead of all others: where `ahead(metric, best)` holds it takes the place of the best
 * so far. Missing events, and events without a metric, are left out; where none is left, nothing is made.
 *
 * @example smap(folds.extremum((metric, best) => Math.abs(metric) > Math.abs(best)))
 */
export function extremum(ahead: (metric: number, best: number) => boolean): Fold {
  return (events) => {
    let best: Event | undefined
    for (const event of events) {
      if (event?.metric === undefined) continue
      if (best?.metric === undefined || ahead(event.metric, best.metric)) best = event
    }
    return best
  }
}

/** The event with the smallest metric; of equal ones the last. Events without a metric are left out. */
export const minimum: Fold = extremum((metric, best) => metric <= best)

/** The event with the largest metric; of equal ones the last. Events without a metric are left out. */
export const maximum: Fold = extremum((metric, best) => metric >= best)
