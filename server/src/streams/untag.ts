import type { MonoTypeOperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { stage } from '../rules/stage.ts'

/**
 * Takes tags away (Riemann's `untag`).
 *
 * @example untag('local', 'debug')
 */
export function untag(...tags: readonly string[]): MonoTypeOperatorFunction<Event> {
  return stage(
    'untag',
    (event, output) => output.next({ ...event, tags: event.tags.filter((tag) => !tags.includes(tag)) }),
    tags,
  )
}
