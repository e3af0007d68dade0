import { type Event, isExpired } from 'weir-protocol'
import { SECOND } from '../clock/duration.ts'
import type { StepContext } from '../rules/step.ts'

/**
 * A repeating timer that lives as long as something is heard (Riemann's `periodically-until-expired`), as a part of an
 * operator's state. The operator `awaitsInput`: a time in which the hub could not listen lengthens the present interval.
 */
export interface Ticking {
  /** Whether the timer is set. */
  readonly on: boolean
  /** Until when it goes on, in microseconds of listening; null where the last event names no ttl. */
  readonly until: number | null
}

export const STILL: Ticking = { on: false, until: null }

/**
 * An event came, of whatever host and service: it starts the timer, first due after `delay`, and it alone says how long
 * it goes on: for its ttl from now, or for ever. An expired one stops it at once.
 */
export function heard(ticking: Ticking, event: Event, context: StepContext<never>, delay: number): Ticking {
  if (isExpired(event)) {
    context.sleep()
    return STILL
  }
  if (!ticking.on) context.wakeAt(context.now + delay)
  const until = event.ttl === undefined ? null : context.listened + event.ttl * SECOND
  return ticking.on && ticking.until === until ? ticking : { on: true, until }
}

/** The timer is due: sets the next one, or answers false where the ttl is over; exactly at its end it is not. */
export function ticksOn(ticking: Ticking, context: StepContext<never>, interval: number): boolean {
  if (ticking.until !== null && ticking.until < context.listened) return false
  context.wakeAgain(context.now + interval)
  return true
}
