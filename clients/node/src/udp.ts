import { createSocket, type Socket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { MAX_DATAGRAM } from 'weir-protocol'
import { ClientError, reasonOf } from './errors.ts'
import { addressOf, type Link, type LinkOptions } from './link.ts'

/** Opens a UDP socket to the hub. Nothing tells whether anybody listens there, now or later. */
export async function connectUdp(options: LinkOptions): Promise<Link> {
  try {
    const { address, family } = await lookup(options.host)
    return new UdpLink(await open(family, options.port, address), addressOf(options))
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown))
    const message = `cannot send to ${addressOf(options)}: ${reasonOf(error)}`
    throw new ClientError('connect-failed', message, { cause: error })
  }
}

async function open(family: number, port: number, address: string): Promise<Socket> {
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4')
  try {
    socket.connect(port, address)
    await once(socket, 'connect')
    return socket
  } catch (thrown) {
    socket.close()
    throw thrown
  }
}

class UdpLink implements Link {
  readonly #socket: Socket
  readonly #address: string
  readonly #onItsWay = new Set<Promise<void>>()
  #closing: Promise<void> | undefined

  constructor(socket: Socket, address: string) {
    this.#socket = socket
    this.#address = address
    // That an earlier datagram was refused; the next send tells it too, or goes through.
    socket.on('error', () => {})
    socket.unref()
  }

  async send(msg: Uint8Array): Promise<void> {
    if (this.#closing) throw new ClientError('closed', `${this.#address}: the client is closed`)
    if (msg.length > MAX_DATAGRAM)
      throw new ClientError(
        'too-large',
        `a message of ${msg.length} bytes, above the limit of ${MAX_DATAGRAM} for a datagram: send fewer events at once, or over TCP`,
      )
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#socket.send(msg, (error) => {
      this.#onItsWay.delete(promise)
      if (error)
        reject(new ClientError('send-failed', `${this.#address}: ${reasonOf(error)}`, { cause: error }))
      else resolve()
    })
    this.#onItsWay.add(promise)
    return promise
  }

  close(): Promise<void> {
    this.#closing ??= this.#finish()
    return this.#closing
  }

  async #finish(): Promise<void> {
    await Promise.allSettled(this.#onItsWay)
    await new Promise<void>((resolve) => this.#socket.close(resolve))
  }
}
