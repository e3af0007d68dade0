import type { MonoTypeOperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { stage } from '../rules/stage.ts'

/**
 * Passes the events whose metric is below `limit` (Riemann's `under`). One that is equal, or no metric, is dropped.
 * To judge a metric for an alert use `severity`, which also says when it is over.
 *
 * @example pipe(over(10), under(20))
 */
export function under(limit: number): MonoTypeOperatorFunction<Event> {
  return stage(
    'under',
    (event, output) => {
      if (event.metric !== undefined && event.metric < limit) output.next(event)
    },
    [limit],
  )
}
