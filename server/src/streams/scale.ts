import type { MonoTypeOperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { stage } from '../rules/stage.ts'

/**
 * Multiplies the metric by `factor` (Riemann's `scale`). An event without a metric passes as it is.
 *
 * @example scale(1 / 1024)
 */
export function scale(factor: number): MonoTypeOperatorFunction<Event> {
  return stage(
    'scale',
    (event, output) =>
      output.next(event.metric === undefined ? event : { ...event, metric: event.metric * factor }),
    [factor],
  )
}
