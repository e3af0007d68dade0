import type { MonoTypeOperatorFunction } from 'rxjs'
import { type Event, isExpired } from 'weir-protocol'
import { stage } from '../rules/stage.ts'

/**
 * Passes the events whose state is not `expired`; see `expired`.
 *
 * @example notExpired()
 */
export function notExpired(): MonoTypeOperatorFunction<Event> {
  return stage('notExpired', (event, output) => {
    if (!isExpired(event)) output.next(event)
  })
}
