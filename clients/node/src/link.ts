import type { Clock } from './clock.ts'

/** A way to one hub: takes encoded messages, and tells what became of each. */
export interface Link {
  /**
   * Hands over one encoded Msg. Over TCP it resolves when the hub has accepted this very message, over UDP when the
   * machine has taken it.
   */
  send(msg: Uint8Array): Promise<void>
  /** Takes no more messages, waits for what is on its way, and lets go of the socket. */
  close(): Promise<void>
}

export interface LinkOptions {
  readonly host: string
  readonly port: number
  readonly timeoutMs: number
  readonly clock: Clock
}

/** `127.0.0.1:5555`, `[::1]:5555`. */
export function addressOf({ host, port }: Pick<LinkOptions, 'host' | 'port'>): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
