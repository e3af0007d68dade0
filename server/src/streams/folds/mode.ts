import { type Fold, firstOf, type Slot } from './fold.ts'

/**
 * For each metric that occurs most often the last event that has it (Riemann's `modes`), in the order in which these
 * metrics came. A missing metric, or event, counts as a value of its own.
 */
export function modes(events: readonly Slot[]): readonly Slot[] {
  const found = new Map<number | undefined, { count: number; last: Slot }>()
  for (const event of events) {
    const known = found.get(event?.metric)
    if (known === undefined) found.set(event?.metric, { count: 1, last: event })
    else {
      known.count += 1
      known.last = event
    }
  }
  let most = 0
  for (const { count } of found.values()) most = Math.max(most, count)
  return [...found.values()].filter(({ count }) => count === most).map(({ last }) => last)
}

/** The first of `modes`: the last event with the metric that occurs most often; nothing where that event is missing. */
export const mode: Fold = (events) => firstOf(modes(events).slice(0, 1))
