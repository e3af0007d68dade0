import type { MonoTypeOperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { stage } from '../rules/stage.ts'

/**
 * Adds tags (Riemann's `tag`): they come first, and none stands twice.
 *
 * @example tag('forwarded')
 */
export function tag(...tags: readonly string[]): MonoTypeOperatorFunction<Event> {
  return stage(
    'tag',
    (event, output) => output.next({ ...event, tags: [...new Set([...tags, ...event.tags])] }),
    tags,
  )
}
