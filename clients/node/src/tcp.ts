import { createConnection, type Socket } from 'node:net'
import { decodeMsg, encodeFrame, FrameReader, MAX_FRAME, type Msg } from 'weir-protocol'
import type { Clock } from './clock.ts'
import { ClientError, reasonOf } from './errors.ts'
import { addressOf, type Link, type LinkOptions } from './link.ts'

/** The most messages that wait for an answer at once, as in Riemann's own client. */
export const MAX_OUTSTANDING = 8192

/** The most bytes that wait in this process for a hub that does not read. */
export const MAX_UNSENT = 64 * 1024 * 1024

/** Connects over TCP. */
export async function connectTcp(options: LinkOptions): Promise<Link> {
  const socket = await open(options)
  return new TcpLink(socket, options)
}

function open(options: LinkOptions): Promise<Socket> {
  const { host, port, timeoutMs, clock } = options
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const socket = createConnection({ host, port, noDelay: true, keepAlive: true })
  const fail = (why: string, cause?: Error) => {
    socket.destroy()
    const message = `cannot connect to ${addressOf(options)}: ${why}`
    reject(new ClientError('connect-failed', message, { cause }))
  }
  const cancel = clock.after(timeoutMs, () => fail(`no connection within ${timeoutMs} ms`))
  const onError = (error: Error) => fail(reasonOf(error), error)
  socket.on('error', onError)
  socket.once('close', cancel)
  socket.once('connect', () => {
    cancel()
    socket.off('close', cancel).off('error', onError)
    resolve(socket)
  })
  return promise
}

/** A message that was written, and whose answer has not come. */
interface Sent {
  readonly answered: Promise<void>
  /** Ends the waiting, once. */
  readonly settle: (error?: ClientError) => void
}

class TcpLink implements Link {
  readonly #socket: Socket
  readonly #address: string
  readonly #timeoutMs: number
  readonly #clock: Clock
  readonly #reader = new FrameReader()
  /** In the order of writing, which is that of the answers; one whose time ran out keeps its place. */
  readonly #outstanding: Sent[] = []
  /** How many of these somebody still waits for. */
  #waiting = 0
  #lost: ClientError | undefined
  #closing: Promise<void> | undefined
  readonly #ended = Promise.withResolvers<void>()

  constructor(socket: Socket, options: LinkOptions) {
    this.#socket = socket
    this.#address = addressOf(options)
    this.#timeoutMs = options.timeoutMs
    this.#clock = options.clock
    let cause: Error | undefined
    socket.on('data', (chunk) => {
      // Text would come only after setEncoding.
      if (typeof chunk !== 'string') this.#read(chunk)
    })
    socket.on('error', (error) => {
      cause = error
    })
    socket.on('close', () => this.#lose(cause))
    socket.unref()
  }

  async send(msg: Uint8Array): Promise<void> {
    if (this.#closing) throw new ClientError('closed', `${this.#address}: the client is closed`)
    if (this.#lost) throw this.#lost
    if (msg.length > MAX_FRAME) throw tooLarge(msg.length)
    if (this.#outstanding.length >= MAX_OUTSTANDING || this.#socket.writableLength > MAX_UNSENT)
      throw new ClientError(
        'overloaded',
        `${this.#address}: ${this.#outstanding.length} messages wait for an answer, ${this.#socket.writableLength} bytes to be sent`,
      )
    const sent = this.#expectAnswer()
    this.#socket.write(encodeFrame(msg))
    return sent.answered
  }

  close(): Promise<void> {
    this.#closing ??= this.#finish()
    return this.#closing
  }

  /** Adds one to those who wait for an answer, and keeps the process alive until nobody does. */
  #expectAnswer(): Sent {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const cancel = this.#clock.after(this.#timeoutMs, () => settle(this.#late()))
    let settled = false
    const settle = (error?: ClientError) => {
      if (settled) return
      settled = true
      cancel()
      this.#waiting--
      if (this.#waiting === 0 && !this.#closing) this.#socket.unref()
      if (error) reject(error)
      else resolve()
    }
    const sent = { answered: promise, settle }
    this.#outstanding.push(sent)
    if (this.#waiting === 0) this.#socket.ref()
    this.#waiting++
    return sent
  }

  #read(chunk: Uint8Array): void {
    try {
      this.#reader.push(chunk, (payload) => this.#answer(decodeMsg(payload, this.#clock.now())))
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown)
      this.#lost = new ClientError('bad-answer', `${this.#address} sent what is no answer: ${why}`)
      this.#socket.destroy()
    }
  }

  #answer({ ok, error }: Msg): void {
    const sent = this.#outstanding.shift()
    if (sent === undefined) throw new Error('nothing was asked')
    sent.settle(
      ok === true
        ? undefined
        : new ClientError('refused', `${this.#address} refused: ${error || 'it gave no reason'}`),
    )
  }

  #late(): ClientError {
    return new ClientError('timeout', `${this.#address}: no answer within ${this.#timeoutMs} ms`)
  }

  #lose(cause: Error | undefined): void {
    this.#lost ??= new ClientError(
      'connection-lost',
      `${this.#address}: connection lost${cause ? `: ${reasonOf(cause)}` : ''}`,
      { cause },
    )
    for (const sent of this.#outstanding.splice(0)) sent.settle(this.#lost)
    this.#ended.resolve()
  }

  async #finish(): Promise<void> {
    if (this.#lost) return
    this.#socket.ref()
    await Promise.allSettled(this.#outstanding.map(({ answered }) => answered))
    this.#socket.end()
    const cancel = this.#clock.after(this.#timeoutMs, () => this.#socket.destroy())
    await this.#ended.promise
    cancel()
  }
}

function tooLarge(bytes: number): ClientError {
  return new ClientError(
    'too-large',
    `a message of ${bytes} bytes, above the limit of ${MAX_FRAME}: send fewer events at once`,
  )
}
