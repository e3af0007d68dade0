import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'

/** Takes over a connection that asked to become a websocket. */
export type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

/** A refusal on a connection that is no websocket yet. */
export function refuseUpgrade(socket: Duplex, status: string, problem: string): void {
  const answer = `HTTP/1.1 ${status}\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n${problem}\n`
  // Whoever keeps his side open would hold the connection, and the hub's end, for ever.
  socket.end(answer, () => socket.destroy())
}

/** Whether a websocket ended because a message was longer than is taken; it was closed with 1009 at its header. */
export function isTooLarge(error: Error): boolean {
  return 'code' in error && error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH'
}

/**
 * Hands the connections of `server` that ask to become websockets to whoever serves their path (without a slash at its
 * end), where `allowed` says so; closes all others with an answer.
 */
export function routeUpgrades(
  server: Server,
  allowed: (request: IncomingMessage) => boolean,
  route: (path: string) => Upgrade | undefined,
): void {
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => {})
    const [path = ''] = (request.url ?? '').split('?')
    const upgrade = route(path.replace(/(?<=.)\/$/, ''))
    if (upgrade === undefined)
      return refuseUpgrade(
        socket,
        '404 Not Found',
        'no websocket here; there are /index, /pubsub/TOPIC, /events, and /live for the page',
      )
    if (!allowed(request))
      return refuseUpgrade(socket, '403 Forbidden', 'this host, origin or token is not allowed')
    upgrade(request, socket, head)
  })
}
