import type { OperatorFunction } from 'rxjs'
import { stage } from '../rules/stage.ts'

/**
 * Changes each value. The function must be pure: inside `by` it serves all keys.
 * Unlike RxJS's own, it keeps a rule's state saved and a `by` cheap; what it throws drops that value, counted.
 *
 * @example map((event) => ({ ...event, metric: (event.metric ?? 0) / 1024 }))
 */
export function map<In, Out>(change: (value: In) => Out): OperatorFunction<In, Out> {
  return stage('map', (value, output) => output.next(change(value)), [change])
}
