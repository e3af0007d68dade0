import { type Event, encodeMsg } from 'weir-protocol'
import type { Intake, Outcome, Transport } from './intake.ts'

/** Events of one message to the hub at most. */
const BATCH = 1000

/** How many events were taken, and the error that kept the hub from taking the rest. */
export interface Taken {
  readonly accepted: number
  readonly error?: string
}

/** Hands the events in, one message after the other, so that no more than one is waiting. */
export async function submitAll(
  intake: Intake,
  transport: Transport,
  events: readonly Event[],
): Promise<Taken> {
  for (let accepted = 0; accepted < events.length; accepted += BATCH) {
    const msg = encodeMsg({ events: events.slice(accepted, accepted + BATCH) })
    const outcome = await new Promise<Outcome>((resolve) => intake.submit(transport, msg, resolve))
    if (!outcome.ok) return { accepted, error: outcome.error }
  }
  return { accepted: events.length }
}
