import type { OperatorFunction } from 'rxjs'
import { step } from '../rules/step.ts'
import { whole } from './parameters.ts'
import { append, copyOf, dropFirst, emptyList, type SlidingList, sizeOf } from './sliding-list.ts'

/**
 * Hands on, for each event, the last `count` events as a list, oldest first (Riemann's `moving-event-window`, also
 * called `window` there).
 *
 * Until so many have come the list is shorter; with a `count` of 0 it is always empty. Counted by arrival: times,
 * expired events and missing metrics play no part, and a list counts as one value. It keeps `count` values.
 *
 * @example by('service', pipe(movingEventWindow(5), smap(folds.mean), …))
 */
export function movingEventWindow<T>(count: number): OperatorFunction<T, readonly T[]> {
  const size = whole('movingEventWindow', 'count', count, 0)
  return step<T, readonly T[], SlidingList<T>>('movingEventWindow', [count], {
    version: 2,
    init: emptyList,
    held: copyOf,
    event(window, value, context) {
      // Changed in place: what is handed on is a copy.
      append(window, value)
      if (sizeOf(window) > size) dropFirst(window, 1)
      context.emit(copyOf(window))
      return window
    },
  })
}
