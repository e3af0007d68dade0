import type { OperatorFunction } from 'rxjs'
import { step } from '../rules/step.ts'
import { whole } from './parameters.ts'

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
  return step<T, readonly T[], readonly T[]>('movingEventWindow', [count], {
    init: () => [],
    event(before, value, context) {
      const window = size === 0 ? [] : [...(before.length < size ? before : before.slice(1)), value]
      context.emit(window)
      return window
    },
  })
}
