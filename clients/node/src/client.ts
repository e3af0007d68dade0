import { type Event, encodeMsg, MAX_DATAGRAM, MAX_EVENTS, MAX_FRAME } from 'weir-protocol'
import { acceptance, refusal } from './acceptance.ts'
import { Batcher, frameOf } from './batch.ts'
import { deferred } from './deferred.ts'
import { ClientError } from './errors.ts'
import { type EventInput, toEvent } from './event-input.ts'
import { Link } from './link.ts'
import type { Wanted } from './live/feed.ts'
import { type LiveEvents, LiveQueries } from './live/live-events.ts'
import { makeMessage, type Outcome } from './message.ts'
import { type ClientOptions, type Settings, settingsOf } from './options.ts'

/** What a client has done so far, and what it holds. Numbers of events, but for `connections`. */
export interface ClientStats {
  readonly connected: boolean
  /** Connections that came about. */
  readonly connections: number
  /** Waiting to be sent, or for an answer; and their bytes. */
  readonly queued: number
  readonly queuedBytes: number
  /** The hub accepted their message (UDP: the machine took it). */
  readonly accepted: number
  /** The hub refused their message. */
  readonly refused: number
  /** Given up because the queue was full. */
  readonly dropped: number
  /** Given up for another reason. */
  readonly failed: number
  /** Sent again after a connection that was lost before the answer. */
  readonly resent: number
}

export type SubscribeOptions = Omit<Wanted, 'query'>

/** The way to one hub. It does not keep the process alive but for an answer that is on its way. */
export interface Client {
  /**
   * Sends one event, or several as one message.
   *
   * Resolves when the hub has accepted the message with these events (UDP: when the machine has taken it). Messages may
   * be sent without waiting for those before. A message without an answer when the connection is lost is sent again,
   * so that it arrives at least once. What is handed in is neither changed nor kept.
   *
   * Never throws. The promise may be ignored: its rejection ends no process; `stats` counts it, `onProblem` hears of it.
   *
   * @throws {ClientError} Rejects; see ClientErrorCode for what each code says about the events.
   */
  send(events: EventInput | readonly EventInput[]): Promise<void>

  /**
   * Asks the hub's index, after all that was sent before.
   *
   * @param query In Riemann's query language.
   * @throws {ClientError} Rejects: `refused` with the hub's reason, as for a mistake in the query; `timeout` where no
   * answer came within `timeoutMs`; `not-supported` by UDP.
   * @example
   * await client.query('state = "critical" and service =~ "df-%"')
   */
  query(query: string): Promise<readonly Event[]>

  /**
   * What the hub's index has that matches, then each event that comes into it and does; in a loop, or as an observable.
   *
   * It comes over the hub's HTTP port. A connection that is lost is made again, and then all that matches comes again.
   * Where an entry's ttl has run out, an event with the state `expired` comes. A loop that is slower than the events
   * gets the latest of each host and service. Each loop and observer has a subscription of its own, which keeps the
   * process alive until it is left, or the client is closed.
   *
   * @param query In Riemann's query language. Default: everything.
   * @throws {ClientError} In the loop, or to `error`: `refused` for a mistake in the query or a wrong token.
   * @example
   * for await (const { host, state } of client.subscribe('service = "disk"')) console.log(host, state)
   * from(client.subscribe('state = "critical"')).pipe(bufferTime(1000)).subscribe(show)
   */
  subscribe(query?: string, options?: SubscribeOptions): LiveEvents

  /**
   * Sends what is gathered, and waits until all that was handed in before is answered or given up.
   *
   * @returns False where that took longer than `withinMs` (default `timeoutMs`). Never rejects.
   */
  flush(withinMs?: number): Promise<boolean>

  readonly stats: ClientStats

  /** Refuses further messages, waits for what is queued as `flush` does, gives up the rest, and disconnects. */
  close(withinMs?: number): Promise<void>

  /** The same as `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Connects to a hub, Weir or Riemann, and from then on reconnects by itself.
 *
 * @throws {ClientError} Rejects with `connect-failed` where the first connection does not come about, or with
 * `invalid-option`.
 * @example
 * const client = await connect({ host: 'hub.example', port: 5555 })
 * await client.send({ service: 'api/latency', metric: 0.25, state: 'ok', ttl: 60 })
 * await client.close()
 */
export async function connect(options: ClientOptions = {}): Promise<Client> {
  const settings = settingsOf(options)
  const link = new Link(settings)
  await link.connect()
  return new LinkedClient(link, settings)
}

/**
 * A client that is there at once and connects in the background, for an application that starts whether the hub is
 * there or not: what is sent meanwhile is queued.
 *
 * @throws {ClientError} `invalid-option`.
 */
export function createClient(options: ClientOptions = {}): Client {
  const settings = settingsOf(options)
  const link = new Link(settings)
  link.start()
  return new LinkedClient(link, settings)
}

class LinkedClient implements Client {
  readonly #link: Link
  readonly #settings: Settings
  readonly #maxBytes: number
  readonly #batcher: Batcher | undefined
  readonly #live: LiveQueries
  #closing = false
  #invalid = 0

  constructor(link: Link, settings: Settings) {
    this.#link = link
    this.#settings = settings
    this.#live = new LiveQueries(settings)
    this.#maxBytes = settings.transport === 'udp' ? MAX_DATAGRAM : MAX_FRAME
    if (settings.batch === undefined) return
    const batchBytes = settings.transport === 'udp' ? MAX_DATAGRAM : BATCH_BYTES
    this.#batcher = new Batcher(settings.batch, batchBytes, settings.clock, link.address, (message) =>
      link.offer(message),
    )
  }

  get stats(): ClientStats {
    const { queue, connected, connections } = this.#link
    const { accepted, refused, dropped, failed, resent } = queue.counts
    return {
      ...{ connected, connections, queued: queue.events, queuedBytes: queue.bytes },
      ...{ accepted, refused, dropped, failed: failed + this.#invalid, resent },
    }
  }

  send(events: EventInput | readonly EventInput[]): Promise<void> {
    const inputs: readonly EventInput[] = Array.isArray(events) ? events : [events]
    if (inputs.length === 0) return Promise.resolve()
    try {
      const msg = this.#encode(inputs)
      if (this.#batcher !== undefined && !this.#closing) return this.#batcher.add(msg, inputs.length)
      const sent = deferred<void>()
      const frame = frameOf([msg], msg.length)
      this.#link.offer(makeMessage(frame, inputs.length, acceptance(sent, this.#link.address)))
      return sent.promise
    } catch (thrown) {
      return this.#refuse(thrown, inputs.length)
    }
  }

  query(query: string): Promise<readonly Event[]> {
    const { clock, timeoutMs, transport } = this.#settings
    const { address } = this.#link
    const found = deferred<readonly Event[]>()
    if (transport === 'udp') {
      found.reject(
        new ClientError('not-supported', `${address}: UDP brings no answer to a query; use TCP or TLS`),
      )
      return found.promise
    }
    this.#batcher?.flush()
    const cancel = clock.after(timeoutMs, () =>
      found.reject(new ClientError('timeout', `${address}: no answer to the query within ${timeoutMs} ms`)),
    )
    const msg = encodeMsg({ query: String(query) })
    const settle = (outcome: Outcome) => {
      cancel()
      if (outcome instanceof ClientError) found.reject(outcome)
      else if (outcome.ok === true) found.resolve(outcome.events)
      else found.reject(refusal(outcome.error, address))
    }
    this.#link.offer(makeMessage(frameOf([msg], msg.length), 0, settle))
    return found.promise
  }

  subscribe(query = 'true', options: SubscribeOptions = {}): LiveEvents {
    return this.#live.of({ query, ...options })
  }

  flush(withinMs = this.#settings.timeoutMs): Promise<boolean> {
    this.#batcher?.flush()
    return this.#link.settled(withinMs)
  }

  close(withinMs = this.#settings.timeoutMs): Promise<void> {
    this.#batcher?.flush()
    this.#closing = true
    this.#live.close()
    return this.#link.close(withinMs)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #encode(inputs: readonly EventInput[]): Uint8Array {
    if (inputs.length > MAX_EVENTS)
      throw new ClientError(
        'too-large',
        `${inputs.length} events in one message, above the limit of ${MAX_EVENTS}`,
      )
    const defaults = { host: this.#settings.eventHost, time: this.#settings.clock.now() }
    const msg = encodeMsg({ events: inputs.map((input) => toEvent(input, defaults)) })
    if (msg.length > this.#maxBytes) throw tooLarge(msg.length, this.#maxBytes)
    return msg
  }

  /** An event that nobody could send. */
  #refuse(thrown: unknown, events: number): Promise<void> {
    const error =
      thrown instanceof ClientError ? thrown : new ClientError('invalid-event', `an event: ${String(thrown)}`)
    this.#invalid += events
    this.#link.report(error)
    const sent = deferred<void>()
    sent.reject(error)
    return sent.promise
  }
}

/** A batch is sent before it becomes larger. */
const BATCH_BYTES = 1024 * 1024

function tooLarge(bytes: number, limit: number): ClientError {
  const where = limit === MAX_DATAGRAM ? ' for a datagram' : ''
  const instead = limit === MAX_DATAGRAM ? ', or over TCP' : ''
  return new ClientError(
    'too-large',
    `a message of ${bytes} bytes, above the limit of ${limit}${where}: send fewer events at once${instead}`,
  )
}
