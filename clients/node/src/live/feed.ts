import type { Event } from 'weir-protocol'
import type { WebSocket, ClientOptions as WebSocketOptions } from 'ws'
import { pauseAfter } from '../backoff.ts'
import { ClientError, reasonOf } from '../errors.ts'
import type { Settings } from '../options.ts'
import { Problems } from '../problems.ts'
import { eventOf, refusalIn } from './event-json.ts'

/** Where a subscription listens. */
export interface Wanted {
  readonly query: string
  /** A topic that rules publish to. Default: the index. */
  readonly topic?: string | undefined
  /** Told when a connection has come about: everything that matches comes again then. */
  readonly onOpen?: (() => void) | undefined
}

export interface FeedEvents {
  readonly onEvent: (event: Event) => void
  /** Told once, and nothing after it; without an error where `stop` was called. */
  readonly onEnd: (error?: ClientError) => void
}

/** So often a hub that is silent is asked whether it is there. */
const PING_MS = 30_000

/** How long the hub may take to close its side. */
const GOODBYE_MS = 1000

/** The largest frame taken: far above any event. */
const MAX_FRAME_BYTES = 4 * 1024 * 1024

/** Answers that a hub would give again. */
const FINAL: Readonly<Record<number, string>> = {
  400: 'bad request',
  401: 'a token is missing, or wrong',
  403: 'a token is missing, or this host or origin is not allowed',
  404: 'this is no hub, or one without subscriptions',
}

/** One subscription at the hub, made again when it is lost. Until it ends it keeps the process alive. */
export class Feed {
  readonly #settings: Settings
  readonly #wanted: Wanted
  readonly #events: FeedEvents
  readonly #url: string
  readonly #problems: Problems
  #socket: WebSocket | undefined
  #failures = 0
  #cancel: () => void = () => {}
  #opened = false
  #ended = false
  #paused = false
  /** What the hub said before it closed. */
  #refusal: string | undefined

  constructor(settings: Settings, wanted: Wanted, events: FeedEvents) {
    this.#settings = settings
    this.#wanted = wanted
    this.#events = events
    this.#url = urlOf(settings.http, wanted)
    this.#problems = new Problems(settings.onProblem)
    void this.#open()
  }

  /** Reads no more until `resume`: the hub keeps the latest of each host and service. */
  pause(): void {
    this.#paused = true
    this.#socket?.pause()
  }

  resume(): void {
    this.#paused = false
    this.#socket?.resume()
  }

  stop(): void {
    this.#end()
  }

  async #open(): Promise<void> {
    const { WebSocket } = await import('ws')
    if (this.#ended) return
    const { timeoutMs, token, tls } = this.#settings
    const options: WebSocketOptions = {
      handshakeTimeout: timeoutMs,
      maxPayload: MAX_FRAME_BYTES,
      perMessageDeflate: false,
      ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
      ...(this.#url.startsWith('wss:') ? tls : {}),
    }
    const socket = new WebSocket(this.#url, options)
    this.#socket = socket
    let why: Error | undefined
    let heard = true
    socket.on('open', () => {
      this.#opened = true
      this.#problems.over()
      this.#wanted.onOpen?.()
      if (this.#paused) socket.pause()
      const look = () => {
        if (!heard && !this.#paused) {
          socket.terminate()
          return
        }
        heard = false
        socket.ping()
        this.#cancel = this.#settings.clock.after(PING_MS, look)
      }
      look()
    })
    socket.on('message', (data) => {
      heard = true
      this.#failures = 0
      this.#take(String(data))
    })
    for (const sign of ['ping', 'pong']) {
      socket.on(sign, () => {
        heard = true
        this.#failures = 0
      })
    }
    socket.on('unexpected-response', (request, { statusCode = 0 }) => {
      request.destroy()
      // Any other may be busy, or a proxy before a hub that is away.
      const hint = FINAL[statusCode]
      if (hint !== undefined) this.#refusal = `${statusCode}, ${hint}`
      this.#lost(new Error(`it answered ${statusCode}`))
    })
    socket.on('error', (error) => {
      why = error
    })
    socket.on('close', (code, reason) => this.#closed(code, String(reason), why))
  }

  #take(frame: string): void {
    if (this.#ended) return
    let event: Event
    try {
      this.#refusal = refusalIn(frame)
      if (this.#refusal !== undefined) return
      event = eventOf(frame, this.#settings.clock.now())
    } catch (thrown) {
      const what = thrown instanceof Error ? thrown.message : String(thrown)
      this.#problems.happened(new ClientError('bad-answer', `${this.#url} sent what is no event: ${what}`))
      return
    }
    this.#events.onEvent(event)
  }

  #closed(code: number, reason: string, why: Error | undefined): void {
    // Riemann says nothing where it does not understand the query.
    if (code === 1000 && reason === '' && why === undefined)
      this.#refusal ??= 'it ended the subscription; is the query right?'
    if (code === 1008) this.#refusal ??= reason
    this.#lost(why ?? new Error(reason || `closed with ${code}`))
  }

  #lost(why: Error): void {
    if (this.#ended) return
    this.#cancel()
    this.#socket?.removeAllListeners('close')
    this.#socket = undefined
    const code = this.#opened ? 'connection-lost' : 'connect-failed'
    this.#opened = false
    const error = new ClientError(code, `${this.#url}: ${reasonOf(why)}`, { cause: why })
    const refused = this.#refusal && new ClientError('refused', `${this.#url} refused: ${this.#refusal}`)
    const { reconnect, clock, random } = this.#settings
    if (refused || reconnect === undefined) {
      this.#end(refused || error)
      return
    }
    this.#problems.happened(error)
    this.#failures++
    const pause = pauseAfter(this.#failures, reconnect, random)
    this.#cancel = clock.after(pause, () => void this.#open(), true)
  }

  #end(error?: ClientError): void {
    if (this.#ended) return
    this.#ended = true
    this.#cancel()
    const socket = this.#socket
    socket?.close()
    // One that is paused would not hear the goodbye.
    if (this.#paused) socket?.terminate()
    else this.#settings.clock.after(GOODBYE_MS, () => socket?.terminate())
    this.#events.onEnd(error)
  }
}

function urlOf(http: string, { query, topic }: Wanted): string {
  const path = topic === undefined ? 'index' : `pubsub/${encodeURIComponent(topic)}`
  const base = http.replace(/^http/, 'ws').replace(/\/$/, '')
  return `${base}/${path}?subscribe=true&query=${encodeURIComponent(query)}`
}
