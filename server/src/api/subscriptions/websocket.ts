import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { messageOf } from '../../errors.ts'
import type { Index } from '../../index/index.ts'
import { isTooLarge, refuseUpgrade, type Upgrade } from '../upgrades.ts'
import { SUBSCRIPTION_LIMIT, type Subscriptions } from './subscriptions.ts'
import { wantedOf } from './wanted.ts'
import { WebSocketReader } from './websocket-reader.ts'

/** What a subscriber may send in one message; it is not looked at. */
const MESSAGE_BYTES = 1024
/** What fits into the reason of a close. */
const REASON_BYTES = 120

/** What subscribing by websocket needs. */
export interface SubscribingOptions {
  readonly subscriptions: Subscriptions
  readonly index: Index
  /** Counts what was refused. */
  readonly rejected: (reason: 'bad-subscription' | 'message-too-large') => void
}

/**
 * The websockets `/index` and `/pubsub/TOPIC`: a text frame for each event. A request that is refused gets one frame
 * `{"error": "…"}` and is closed with 1008: a browser shows its page nothing of an HTTP answer.
 */
export function subscribing({ subscriptions, index, rejected }: SubscribingOptions): Upgrade {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MESSAGE_BYTES,
    perMessageDeflate: false,
    clientTracking: false,
  })
  return (request, stream: Duplex, head) => {
    if (!subscriptions.open)
      return refuseUpgrade(
        stream,
        '503 Service Unavailable',
        `there are ${SUBSCRIPTION_LIMIT} subscriptions already`,
      )
    sockets.handleUpgrade(request, stream, head, (socket) => {
      socket.on('error', (error) => {
        if (isTooLarge(error)) rejected('message-too-large')
      })
      try {
        const wanted = wantedOf(request.url ?? '', index)
        socket.on('close', subscriptions.add(wanted, new WebSocketReader(socket, stream)))
      } catch (error) {
        rejected('bad-subscription')
        const problem = messageOf(error)
        socket.send(JSON.stringify({ error: problem }))
        socket.close(1008, cut(problem))
      }
    })
  }
}

/** As much of the first line as fits into a close frame. */
function cut(text: string): string {
  const [line = ''] = text.split('\n')
  let end = Math.min(line.length, REASON_BYTES)
  while (Buffer.byteLength(line.slice(0, end)) > REASON_BYTES) end -= 1
  return line.slice(0, end)
}
