import type { OperatorFunction } from 'rxjs'
import { stage } from '../rules/stage.ts'

/**
 * Changes each value like `map`, and drops it where the function gives undefined or null (Riemann's `smap`): the way to
 * use folds that have no answer for an empty list. The function must be pure; what it throws drops that value, counted.
 *
 * @example pipe(fixedTimeWindow('1m'), smap(mean))
 */
export function smap<In, Out>(change: (value: In) => Out): OperatorFunction<In, NonNullable<Out>> {
  return stage(
    'smap',
    (value, output) => {
      const made = change(value)
      if (made !== undefined && made !== null) output.next(made)
    },
    [change],
  )
}
