import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { onTestFinished } from 'vitest'
import { decodeMsg, type Event, encodeFrame, encodeMsg, FrameReader, type Msg } from 'weir-protocol'
import type { ClientErrorCode } from './errors.ts'

export const OK = encodeFrame(encodeMsg({ ok: true }))
export const NOT_OK = encodeFrame(encodeMsg({ ok: false, error: 'no room' }))

export interface HubOptions {
  /** Default: a free one. */
  readonly port?: number
  readonly tls?: TlsOptions
  /** Answers each message at once; without it the test answers. */
  readonly answer?: (msg: Msg) => Uint8Array | undefined
}

/** A hub that speaks Riemann's protocol, of which the test says when and what it answers. */
export interface Hub {
  readonly port: number
  /** Waits for the next message. */
  received(): Promise<Msg>
  /** The events of all messages so far, of those that were waited for too. */
  readonly events: readonly Event[]
  /** How many connections it has had. */
  readonly connections: number
  /** On the latest connection. */
  answer(bytes: Uint8Array): void
  /** Ends all connections. */
  hangUp(): void
  /** Hangs up and listens no more. */
  stop(): Promise<void>
}

export async function startHub(options: HubOptions = {}): Promise<Hub> {
  const msgs: Msg[] = []
  const events: Event[] = []
  const sockets: Socket[] = []
  const take = (socket: Socket) => {
    sockets.push(socket)
    const reader = new FrameReader()
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => {
      reader.push(chunk, (payload) => {
        const msg = decodeMsg(payload, 0)
        msgs.push(msg)
        events.push(...msg.events)
        const answer = options.answer?.(msg)
        if (answer !== undefined) socket.write(answer)
      })
      server.emit('received')
    })
  }
  const server: Server = options.tls === undefined ? createServer(take) : createTlsServer(options.tls, take)
  server.on('tlsClientError', () => {})
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const hangUp = () => {
    for (const socket of sockets) socket.destroy()
  }
  const stop = async () => {
    hangUp()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
  onTestFinished(stop)
  return {
    port: portOf(server.address()),
    async received() {
      while (msgs.length === 0) await once(server, 'received')
      return msgs.shift() ?? raise('nothing was received')
    },
    events,
    get connections() {
      return sockets.length
    },
    answer: (bytes) => void (sockets.at(-1) ?? raise('nobody has connected')).write(bytes),
    hangUp,
    stop,
  }
}

/** Accepts every message at once; a query finds nothing. */
export const accepting = (): Uint8Array => OK

/** What becomes of a promise: `waiting` until it is settled, then `ok` or the code of the error. */
export function watch(promise: Promise<unknown>): {
  state: 'waiting' | 'ok' | ClientErrorCode
  message: string
} {
  const watched: ReturnType<typeof watch> = { state: 'waiting', message: '' }
  promise.then(
    () => {
      watched.state = 'ok'
    },
    (error) => {
      watched.state = error.code
      watched.message = error.message
    },
  )
  return watched
}

export function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : raise('no port')
}

/** A port where nobody listens. */
export async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server.address())
  server.close()
  await once(server, 'close')
  return port
}

/** Waits until `condition` holds, letting real I/O go on. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn()
}

export function raise(message: string): never {
  throw new Error(message)
}
