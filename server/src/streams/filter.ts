import type { MonoTypeOperatorFunction } from 'rxjs'
import { stage } from '../rules/stage.ts'

/**
 * Passes the values that fulfil the predicate, which must be pure.
 * Unlike RxJS's own, it keeps a rule's state saved and a `by` cheap; what it throws drops that value, counted.
 *
 * @example filter((event: Event) => (event.metric ?? 0) > 90)
 */
export function filter<T>(predicate: (value: T) => boolean): MonoTypeOperatorFunction<T> {
  return stage(
    'filter',
    (value, output) => {
      if (predicate(value)) output.next(value)
    },
    [predicate],
  )
}
