import type { MonoTypeOperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { stage } from '../rules/stage.ts'

/**
 * Passes the events whose metric is above `limit` (Riemann's `over`). One that is equal, or no metric, is dropped.
 * To judge a metric for an alert use `severity`, which also says when it is over.
 *
 * @example over(0.9)
 */
export function over(limit: number): MonoTypeOperatorFunction<Event> {
  return stage(
    'over',
    (event, output) => {
      if (event.metric !== undefined && event.metric > limit) output.next(event)
    },
    [limit],
  )
}
