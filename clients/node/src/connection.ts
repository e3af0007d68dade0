import type { Clock } from './clock.ts'
import type { ClientError } from './errors.ts'
import type { Secure } from './options.ts'
import type { MessageQueue } from './queue.ts'

/** The one conversation with a hub that is going on. It takes its messages from the queue. */
export interface Connection {
  /** To be called when messages have come into the queue. */
  pump(): void
  /** Says goodbye after what was written, and resolves when the other side has, or after the timeout. */
  end(): Promise<void>
}

/** What a connection tells; `onEnd` once, and nothing after it. */
export interface ConnectionEvents {
  /** The hub has answered: it is there, and is one. */
  readonly onAnswer: () => void
  /** The connection is over, and everything that is outstanding has no answer. */
  readonly onEnd: (error: ClientError) => void
}

export interface Address {
  readonly host: string
  readonly port: number
}

export interface ConnectionOptions extends Address, ConnectionEvents {
  readonly queue: MessageQueue
  readonly clock: Clock
  readonly timeoutMs: number
  readonly tls: Secure | undefined
  /** Asks the hub something empty first, and sends nothing else before its answer. */
  readonly probe: boolean
  /** Keeps the process alive until it is open. */
  readonly holds: boolean
}

/** Opens a connection; rejects with `connect-failed`. */
export type Open = (options: ConnectionOptions) => Promise<Connection>

/** `127.0.0.1:5555`, `[::1]:5555`. */
export function addressOf({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
