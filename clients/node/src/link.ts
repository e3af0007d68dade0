import { refusal } from './acceptance.ts'
import { pauseAfter } from './backoff.ts'
import { addressOf, type Connection, type Open } from './connection.ts'
import { connectDatagram } from './datagram-connection.ts'
import { ClientError } from './errors.ts'
import type { Message } from './message.ts'
import type { Settings } from './options.ts'
import { Problems } from './problems.ts'
import { MessageQueue } from './queue.ts'
import { connectStream } from './stream-connection.ts'

/** The way to one hub: a queue, and a connection that is made again when it is lost. */
export class Link {
  readonly queue: MessageQueue
  readonly address: string
  readonly #settings: Settings
  readonly #open: Open
  readonly #problems: Problems
  #connection: Connection | undefined
  /** Connections that came about. */
  #connections = 0
  /** Attempts and connections in a row that brought no answer. */
  #failures = 0
  #cancelPause: (() => void) | undefined
  /** Why nothing can be sent any more. */
  #over: ClientError | undefined
  #closed: Promise<void> | undefined

  constructor(settings: Settings) {
    this.#settings = settings
    this.address = addressOf(settings)
    this.queue = new MessageQueue(settings.queue)
    this.#open = settings.transport === 'udp' ? connectDatagram : connectStream
    this.#problems = new Problems(settings.onProblem)
    this.queue.onSettled = (outcome) => {
      if (outcome instanceof ClientError) this.#problems.happened(outcome)
      else if (outcome.ok === true) this.#problems.over()
      else this.#problems.happened(refusal(outcome.error, this.address))
    }
  }

  get connected(): boolean {
    return this.#connection !== undefined
  }

  get connections(): number {
    return this.#connections
  }

  /** Tells of a problem that is not the link's own. */
  report(error: ClientError): void {
    this.#problems.happened(error)
  }

  /** Connects once, and rejects where that fails. */
  async connect(): Promise<void> {
    try {
      await this.#attempt(true)
    } catch (thrown) {
      this.#over = errorOf(thrown)
      throw thrown
    }
  }

  /** Connects in the background, as often as it takes. */
  start(): void {
    this.#attempt(false).catch((thrown) => this.#failed(errorOf(thrown)))
  }

  offer(message: Message): void {
    const error = this.#closed ? this.#closedError() : this.#over
    if (error) this.queue.turnAway(message, error)
    else this.queue.offer(message)
    this.#connection?.pump()
  }

  /** Whether all that was handed in before is settled within so many milliseconds. Keeps the process alive so long. */
  settled(withinMs: number): Promise<boolean> {
    if (withinMs <= 0) return Promise.resolve(this.queue.length === 0)
    return new Promise((resolve) => {
      const cancel = this.#settings.clock.after(withinMs, () => resolve(false), true)
      this.queue.barrier(() => {
        cancel()
        resolve(true)
      })
    })
  }

  close(withinMs: number): Promise<void> {
    this.#closed ??= this.#close(withinMs)
    return this.#closed
  }

  async #close(withinMs: number): Promise<void> {
    if (this.#over === undefined) await this.settled(withinMs)
    this.#cancelPause?.()
    const connection = this.#connection
    this.#connection = undefined
    const unanswered = `${this.address}: no answer within ${withinMs} ms, when the client was closed`
    this.queue.fail(new ClientError('timeout', unanswered), this.#closedError())
    this.#over ??= this.#closedError()
    await connection?.end()
  }

  async #attempt(first: boolean): Promise<void> {
    const { host, port, timeoutMs, clock, transport } = this.#settings
    const tls = transport === 'tls' ? this.#settings.tls : undefined
    let connection: Connection | undefined
    let ended: ClientError | undefined
    let answered = false
    const opened = await this.#open({
      ...{ host, port, timeoutMs, clock, tls, queue: this.queue },
      // A proxy may take the connection though the hub behind it is away.
      probe: this.#failures > 0,
      holds: first,
      onAnswer: () => {
        answered = true
        this.#failures = 0
        this.#problems.over()
      },
      onEnd: (error) => {
        ended = error
        if (connection !== undefined && this.#connection === connection) this.#lost(error, answered)
      },
    })
    if (ended !== undefined) throw ended
    // Closed meanwhile.
    if (this.#over !== undefined) return opened.end()
    connection = opened
    this.#connection = opened
    this.#connections++
    opened.pump()
  }

  #lost(error: ClientError, answered: boolean): void {
    this.#connection = undefined
    if (this.#settings.reconnect === undefined) {
      this.#over = error
      this.#problems.happened(error)
      this.queue.fail(error, error)
      return
    }
    this.queue.lost(error, answered)
    this.#failed(error)
  }

  #failed(error: ClientError): void {
    this.#problems.happened(error)
    if (this.#over !== undefined) return
    const { reconnect, clock, random } = this.#settings
    if (reconnect === undefined) {
      this.#over = error
      this.queue.fail(error, error)
      return
    }
    this.#failures++
    const pause = pauseAfter(this.#failures, reconnect, random)
    this.#cancelPause = clock.after(pause, () => this.start())
  }

  #closedError(): ClientError {
    return new ClientError('closed', `${this.address}: the client is closed`)
  }
}

function errorOf(thrown: unknown): ClientError {
  return thrown instanceof ClientError ? thrown : new ClientError('connect-failed', String(thrown))
}
