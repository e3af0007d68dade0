import type { MonoTypeOperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { stage } from '../rules/stage.ts'

/**
 * Passes the events that have all of these tags (Riemann's `tagged-all`).
 *
 * @example tagged('production', 'web')
 */
export function tagged(...tags: readonly string[]): MonoTypeOperatorFunction<Event> {
  return stage(
    'tagged',
    (event, output) => {
      if (tags.every((tag) => event.tags.includes(tag))) output.next(event)
    },
    tags,
  )
}
