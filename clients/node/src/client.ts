import { hostname } from 'node:os'
import { encodeMsg, MAX_EVENTS } from 'weir-protocol'
import { type Clock, machineClock } from './clock.ts'
import { ClientError } from './errors.ts'
import { type EventInput, toEvent } from './event-input.ts'
import { addressOf, type Link } from './link.ts'
import { connectTcp } from './tcp.ts'
import { connectUdp } from './udp.ts'

export interface ClientOptions {
  /** The hub's address or name. Default: `127.0.0.1`. */
  readonly host?: string | undefined
  /** Default: 5555. */
  readonly port?: number | undefined
  /** `tcp` answers each message; `udp` is fire and forget, up to 16 KiB a message. Default: `tcp`. */
  readonly transport?: 'tcp' | 'udp' | undefined
  /** TCP: milliseconds to wait for the connection, and for each answer. Default: 5000. */
  readonly timeoutMs?: number | undefined
  /** The host of events that name none. Default: the machine's name. */
  readonly eventHost?: string | undefined
  /** Default: the machine's clock. */
  readonly clock?: Clock | undefined
}

/** A connection to one hub. Idle, it does not keep the process alive. */
export interface Client {
  /**
   * Sends one event, or several as one message.
   *
   * Resolves when the hub has answered that it accepted just this message (UDP: when the machine has taken it), so
   * that messages may be sent without waiting for those before. What is handed in is not changed.
   *
   * @throws {ClientError} Rejects; see ClientErrorCode for what each code says about the events.
   */
  send(events: EventInput | readonly EventInput[]): Promise<void>

  /** Refuses further messages, waits for the answers on their way, at most as long as their timeouts, and disconnects. */
  close(): Promise<void>

  /** The same as `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Connects to a hub, Weir or Riemann.
 *
 * A connection that is lost stays lost: messages then reject with `connection-lost`.
 *
 * @throws {ClientError} Rejects with `connect-failed`.
 * @example
 * const client = await connect({ host: 'hub.example', port: 5555 })
 * await client.send({ service: 'api/latency', metric: 0.25, state: 'ok', ttl: 60 })
 * await client.close()
 */
export async function connect(options: ClientOptions = {}): Promise<Client> {
  const { transport = 'tcp', eventHost = hostname(), clock = machineClock } = options
  const { host = '127.0.0.1', port = 5555, timeoutMs = 5000 } = options
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new ClientError(
      'connect-failed',
      `cannot connect to ${addressOf({ host, port })}: a port is an integer from 1 to 65535`,
    )
  const open = transport === 'udp' ? connectUdp : connectTcp
  const link = await open({ host, port, timeoutMs, clock })
  return new LinkedClient(link, eventHost, clock)
}

class LinkedClient implements Client {
  readonly #link: Link
  readonly #eventHost: string
  readonly #clock: Clock

  constructor(link: Link, eventHost: string, clock: Clock) {
    this.#link = link
    this.#eventHost = eventHost
    this.#clock = clock
  }

  async send(events: EventInput | readonly EventInput[]): Promise<void> {
    const inputs: readonly EventInput[] = Array.isArray(events) ? events : [events]
    if (inputs.length === 0) return
    if (inputs.length > MAX_EVENTS)
      throw new ClientError(
        'too-large',
        `${inputs.length} events in one message, above the limit of ${MAX_EVENTS}`,
      )
    const defaults = { host: this.#eventHost, time: this.#clock.now() }
    await this.#link.send(encodeMsg({ events: inputs.map((input) => toEvent(input, defaults)) }))
  }

  close(): Promise<void> {
    return this.#link.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
