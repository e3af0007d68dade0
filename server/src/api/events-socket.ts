import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import { messageOf } from '../errors.ts'
import type { Intake } from '../ingest/intake.ts'
import { mapJson } from '../ingest/json.ts'
import { submitAll } from '../ingest/submit-all.ts'
import { isTooLarge, refuseUpgrade, type Upgrade } from './upgrades.ts'

/** The largest message, in bytes. */
export const EVENTS_MESSAGE_BYTES = 256 * 1024
/** How many senders there may be; together with the former it bounds their memory. */
export const SENDER_LIMIT = 500
/** How much of one sender may be unanswered, or answered and unread, before no more is read of it. */
const UNANSWERED_BYTES = 256 * 1024
const UNREAD_BYTES = 16 * 1024

/**
 * The websocket `/events`: each text message is an event in JSON, or several, as for `POST /events`; it is answered with
 * one message, in order: `{}` once it is in the journal, else `{"error": "…"}`.
 *
 * Counted as rejected, by transport `http`: `bad-json`, `bad-event`, `message-too-large` (closed with 1009),
 * `too-many-senders`.
 */
export function eventsSocket(intake: Intake): Upgrade {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: EVENTS_MESSAGE_BYTES,
    perMessageDeflate: false,
  })
  return (request, stream, head) => {
    if (sockets.clients.size >= SENDER_LIMIT) {
      intake.rejected('http', 'too-many-senders')
      return refuseUpgrade(
        stream,
        '503 Service Unavailable',
        `more than ${SENDER_LIMIT} websockets send events`,
      )
    }
    sockets.handleUpgrade(request, stream, head, (socket) => take(socket, intake))
  }
}

function take(socket: WebSocket, intake: Intake): void {
  let unanswered = 0
  let answered: Promise<unknown> = Promise.resolve()
  const pace = () => {
    if (unanswered > UNANSWERED_BYTES || socket.bufferedAmount > UNREAD_BYTES) socket.pause()
    else socket.resume()
  }
  socket.on('error', (error) => {
    if (isTooLarge(error)) intake.rejected('http', 'message-too-large')
  })
  socket.on('message', (data: RawData) => {
    const text = String(data)
    unanswered += text.length
    const outcome = outcomeOf(text, intake)
    answered = answered.then(async () => {
      const error = await outcome
      unanswered -= text.length
      socket.send(JSON.stringify(error === undefined ? {} : { error }), pace)
    })
    pace()
  })
}

/** Hands in what a message says; nothing once it is taken, else what is wrong. */
async function outcomeOf(text: string, intake: Intake): Promise<string | undefined> {
  try {
    const { events, rejected, rejectedCount } = mapJson(text, intake.now())
    for (let n = 0; n < rejectedCount; n++) intake.rejected('http', 'bad-event')
    const { error } = await submitAll(intake, 'http', events)
    return error ?? rejected[0]?.problem
  } catch (thrown) {
    intake.rejected('http', 'bad-json')
    return messageOf(thrown)
  }
}
