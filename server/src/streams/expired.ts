import type { MonoTypeOperatorFunction } from 'rxjs'
import { type Event, isExpired } from 'weir-protocol'
import { stage } from '../rules/stage.ts'

/**
 * Passes the events whose state is `expired`: their host and service fell silent for longer than their ttl.
 * Riemann also takes an event for expired whose own time lies further back than its ttl; Weir does not, since a
 * sender's clock may be wrong.
 *
 * @example pipe(expired(), publish((event) => ({ ...event, service: 'silent' })))
 */
export function expired(): MonoTypeOperatorFunction<Event> {
  return stage('expired', (event, output) => {
    if (isExpired(event)) output.next(event)
  })
}
