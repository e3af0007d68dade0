import { createConnection, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { decodeMsg, FrameReader } from 'weir-protocol'
import { addressOf, type Connection, type ConnectionOptions } from './connection.ts'
import { deferred } from './deferred.ts'
import { ClientError, reasonOf } from './errors.ts'

/** The most messages that wait for an answer at once, as in Riemann's own client. */
export const MAX_OUTSTANDING = 8192

/** Above so many bytes that the hub has not read, the rest stays in the queue. */
const HIGH_WATER = 1024 * 1024

/** Small frames are written together up to so many bytes. */
const WRITE_SIZE = 64 * 1024

const EMPTY_FRAME = new Uint8Array(4)

/** Connects over TCP or, with `tls`, TLS. */
export async function connectStream(options: ConnectionOptions): Promise<Connection> {
  return new StreamConnection(await open(options), options)
}

function open(options: ConnectionOptions): Promise<Socket> {
  const { host, port, timeoutMs, clock, tls } = options
  const opened = deferred<Socket>()
  const how = { host, port, noDelay: true, keepAlive: true }
  const socket = tls === undefined ? createConnection(how) : connectTls({ ...how, ...tls })
  if (!options.holds) socket.unref()
  const fail = (why: string, cause?: Error) => {
    socket.destroy()
    const message = `cannot connect to ${addressOf(options)}: ${why}`
    opened.reject(new ClientError('connect-failed', message, { cause }))
  }
  const cancel = clock.after(timeoutMs, () => fail(`no connection within ${timeoutMs} ms`))
  const onError = (error: Error) => fail(reasonOf(error), error)
  const onClose = () => {
    cancel()
    fail('the connection was closed')
  }
  socket.on('error', onError)
  socket.once('close', onClose)
  socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
    cancel()
    socket.off('close', onClose).off('error', onError)
    opened.resolve(socket)
  })
  return opened.promise
}

class StreamConnection implements Connection {
  readonly #socket: Socket
  readonly #options: ConnectionOptions
  readonly #address: string
  readonly #reader = new FrameReader()
  readonly #ended = deferred<void>()
  /** The empty message was sent, and its answer has not come. */
  #probing = false
  #answers = false
  #pumping = false
  /** Something has come from the hub since the watch was set. */
  #heard = false
  #unwatch: (() => void) | undefined
  #why: ClientError | undefined

  constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket
    this.#options = options
    this.#address = addressOf(options)
    let cause: Error | undefined
    socket.on('data', (chunk) => {
      // Text would come only after setEncoding.
      if (typeof chunk !== 'string') this.#read(chunk)
    })
    socket.on('drain', () => this.#write())
    socket.on('error', (error) => {
      cause = error
    })
    socket.on('close', () => this.#finish(cause))
    socket.unref()
    if (options.probe) {
      this.#probing = true
      socket.write(EMPTY_FRAME)
      this.#watch()
    }
  }

  pump(): void {
    if (this.#pumping) return
    this.#pumping = true
    // What is handed in until the turn is over goes out in one write.
    queueMicrotask(() => {
      this.#pumping = false
      this.#write()
    })
  }

  async end(): Promise<void> {
    const { clock, timeoutMs } = this.#options
    this.#socket.ref()
    this.#socket.end()
    const cancel = clock.after(timeoutMs, () => this.#socket.destroy())
    await this.#ended.promise
    cancel()
  }

  #write(): void {
    const { queue } = this.#options
    if (this.#probing || this.#socket.destroyed || this.#socket.writableEnded) return
    let frames: Uint8Array[] = []
    let bytes = 0
    const flush = () => {
      const [first] = frames
      if (first !== undefined) this.#socket.write(frames.length === 1 ? first : Buffer.concat(frames))
      frames = []
      bytes = 0
    }
    while (queue.outstanding < MAX_OUTSTANDING && this.#socket.writableLength < HIGH_WATER) {
      const message = queue.next()
      if (message === undefined) break
      frames.push(message.frame)
      bytes += message.frame.length
      if (bytes >= WRITE_SIZE) flush()
    }
    flush()
    if (queue.outstanding > 0) this.#watch()
  }

  #read(chunk: Uint8Array): void {
    this.#heard = true
    try {
      this.#reader.push(chunk, (payload) => this.#answer(payload))
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown)
      this.#why ??= new ClientError('bad-answer', `${this.#address} sent what is no answer: ${why}`)
      this.#socket.destroy()
      return
    }
    if (this.#options.queue.outstanding === 0) this.#rest()
    this.#write()
  }

  #answer(payload: Uint8Array): void {
    const { queue, clock, onAnswer } = this.#options
    const msg = decodeMsg(payload, clock.now())
    if (!this.#probing && queue.outstanding === 0) throw new Error('nothing was asked')
    if (!this.#answers) {
      this.#answers = true
      onAnswer()
    }
    if (this.#probing) this.#probing = false
    else queue.answered(msg)
  }

  /** From the first outstanding message on: the process lives, and the hub has to say something in time. */
  #watch(): void {
    if (this.#unwatch !== undefined) return
    if (!this.#probing) this.#socket.ref()
    const { clock, timeoutMs } = this.#options
    const look = () => {
      if (!this.#heard) {
        this.#why ??= new ClientError('timeout', `${this.#address}: no answer within ${timeoutMs} ms`)
        this.#socket.destroy()
        return
      }
      this.#heard = false
      this.#unwatch = clock.after(timeoutMs, look)
    }
    this.#heard = false
    this.#unwatch = clock.after(timeoutMs, look)
  }

  #rest(): void {
    this.#unwatch?.()
    this.#unwatch = undefined
    if (!this.#socket.writableEnded) this.#socket.unref()
  }

  #finish(cause: Error | undefined): void {
    this.#unwatch?.()
    const lost = `${this.#address}: connection lost${cause ? `: ${reasonOf(cause)}` : ''}`
    this.#ended.resolve()
    this.#options.onEnd(this.#why ?? new ClientError('connection-lost', lost, { cause }))
  }
}
