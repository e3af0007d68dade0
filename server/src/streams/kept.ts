import { DEFAULT_TTL, type Event, isExpired } from 'weir-protocol'
import { SECOND } from '../clock/duration.ts'

/** An event that an operator keeps, and when it came, in microseconds of listening. */
export interface Kept {
  readonly event: Event
  readonly arrival: number
}

/**
 * Whether it says that it is expired, or has run out of its ttl (60 s where it has none), counted from its arrival and
 * not by time in which the hub could not listen. Exactly at the end of its ttl it has not.
 */
export function isOver({ event, arrival }: Kept, listened: number): boolean {
  return isExpired(event) || listened - arrival > (event.ttl ?? DEFAULT_TTL) * SECOND
}
