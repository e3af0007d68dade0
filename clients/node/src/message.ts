import type { Msg } from 'weir-protocol'
import type { ClientError } from './errors.ts'

/** What became of a message: the hub's answer, or why there is none. */
export type Outcome = Msg | ClientError

/** One message to the hub, and who is told what became of it. */
export interface Message {
  /** As TCP carries it: four bytes of length, then the encoded Msg. */
  readonly frame: Uint8Array
  /** How many events it carries. */
  readonly events: number
  /** Told once. */
  readonly settle: (outcome: Outcome) => void
  /** How often it was the first without an answer when a hub that did answer went away. */
  losses: number
  /** Its place among all messages of the queue; the queue's own. */
  place: number
}

/** A message that has not been anywhere yet. */
export function makeMessage(frame: Uint8Array, events: number, settle: (outcome: Outcome) => void): Message {
  return { frame, events, settle, losses: 0, place: 0 }
}
