import { createServer, type Server, type Socket } from 'node:net'
import type { Wall } from '../clock/wall.ts'
import type { Intake, Transport } from './intake.ts'
import { Connection, type Shared } from './tcp-connection.ts'

/** How many connections may be open; further ones are closed at once, counted. */
export const CONNECTION_LIMIT = 10_000

export interface TcpOptions {
  readonly intake: Intake
  readonly wall: Wall
  /** The longest frame, in bytes. Default 16 MiB. */
  readonly maxFrame?: number
  /** Default 10,000. */
  readonly maxConnections?: number
  /** What all connections together may hold of frames that are still arriving, in bytes. Default 128 MiB. */
  readonly maxPartial?: number
}

/** The listener, and who is connected. */
export interface TcpIngest {
  readonly server: Server
  readonly connections: number
  /** Refuses new connections; the open ones are closed once what they sent is answered, or after `graceMs`. */
  close(graceMs: number): Promise<void>
}

/**
 * Takes Riemann's messages over TCP: one answer for each frame, in order, once the message is journaled and through
 * the rules. What is no message is answered with `ok: false` and its reason, and the connection goes on; where the
 * framing itself is broken it is closed after that answer.
 *
 * Counted as rejected, by transport `tcp`: the reasons of ProtocolError, `stalled-frame`, `cut-frame`,
 * `partial-frames`, `unread-answers`, `unread-answer`, `too-many-connections` and `accept-failed`.
 */
export function tcpIngest(options: TcpOptions): TcpIngest {
  // A sender that closes its side after its last message still gets the answers.
  const server = createServer({ noDelay: true, keepAlive: true, allowHalfOpen: true })
  return takeConnections(server, 'connection', 'tcp', options, () => undefined)
}

/**
 * Serves the connections of a server, which it tells of by this event. `hostsOf` says for which hosts a peer may speak;
 * undefined: for any.
 */
export function takeConnections<S extends Socket>(
  server: Server,
  event: 'connection' | 'secureConnection',
  transport: Transport,
  options: TcpOptions,
  hostsOf: (socket: S) => ReadonlySet<string> | undefined,
): TcpIngest {
  const { intake, wall } = options
  const shared: Shared = {
    intake,
    transport,
    wall,
    maxFrame: options.maxFrame,
    maxPartial: options.maxPartial,
    connections: new Set(),
    partial: 0,
    unanswered: 0,
    unread: 0,
  }
  server.on(event, (socket: S) => {
    new Connection(socket, shared, hostsOf(socket))
  })
  server.maxConnections = options.maxConnections ?? CONNECTION_LIMIT
  server.on('drop', () => intake.rejected(transport, 'too-many-connections'))
  // One connection that the system does not hand over, such as for want of file descriptors, must not end the hub.
  server.on('error', () => {
    if (server.listening) intake.rejected(transport, 'accept-failed')
  })
  return {
    server,
    get connections() {
      return shared.connections.size
    },
    close(graceMs) {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
      for (const connection of shared.connections) connection.finish()
      const cancel = wall.after(graceMs, () => {
        for (const connection of shared.connections) connection.destroy()
      })
      return closed.finally(cancel)
    },
  }
}
