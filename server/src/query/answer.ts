import { type Event, encodeMsg, MAX_FRAME } from 'weir-protocol'
import { WeirError } from '../errors.ts'

/** How many events are encoded between two yields. */
const STEP = 16

/**
 * The message that answers a query over Riemann's protocol, in small steps. Throws WEIR_QUERY_RESULT where it would be
 * longer than a frame may be; no more than that is ever held.
 */
export function* encodeFound(events: readonly Event[]): Generator<void, Uint8Array> {
  // Messages one after another are one message with the fields of all.
  const parts = [encodeMsg({ ok: true })]
  let length = parts[0]?.length ?? 0
  for (let from = 0; from < events.length; from += STEP) {
    const part = encodeMsg({ events: events.slice(from, from + STEP) })
    length += part.length
    if (length > MAX_FRAME) {
      throw new WeirError('WEIR_QUERY_RESULT', {
        problem: `the ${events.length} events that match are longer than a frame of ${MAX_FRAME} bytes`,
      })
    }
    parts.push(part)
    yield
  }
  const msg = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    msg.set(part, at)
    at += part.length
  }
  return msg
}
