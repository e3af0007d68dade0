import type { MonoTypeOperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { stage } from '../rules/stage.ts'

/**
 * Passes the events that have at least one of these tags (Riemann's `tagged-any`); without any tag named, none.
 *
 * @example taggedAny('web', 'api')
 */
export function taggedAny(...tags: readonly string[]): MonoTypeOperatorFunction<Event> {
  return stage(
    'taggedAny',
    (event, output) => {
      if (tags.some((tag) => event.tags.includes(tag))) output.next(event)
    },
    tags,
  )
}
