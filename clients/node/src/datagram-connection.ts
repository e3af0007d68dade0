import { createSocket, type Socket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { addressOf, type Connection, type ConnectionOptions } from './connection.ts'
import { ClientError, reasonOf } from './errors.ts'

/** The most datagrams that the machine has been given and has not taken. */
const MAX_OUTSTANDING = 256

const TAKEN = { ok: true, events: [] }

/** Opens a UDP socket to the hub. Nothing tells whether anybody listens there, now or later. */
export async function connectDatagram(options: ConnectionOptions): Promise<Connection> {
  try {
    const { address, family } = await lookup(options.host)
    return new DatagramConnection(await open(family, options.port, address), options)
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

/** A message is settled when the machine has taken its datagram. */
class DatagramConnection implements Connection {
  readonly #socket: Socket
  readonly #options: ConnectionOptions

  constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket
    this.#options = options
    // That an earlier datagram was refused; the next send tells it too, or goes through.
    socket.on('error', () => {})
    socket.unref()
  }

  pump(): void {
    const { queue } = this.#options
    while (queue.outstanding < MAX_OUTSTANDING) {
      const message = queue.next()
      if (message === undefined) return
      // The callbacks come in the order of the calls.
      this.#socket.send(message.frame.subarray(4), (error) => this.#taken(error))
    }
  }

  async end(): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.close(resolve))
  }

  #taken(error: Error | null): void {
    const { queue, onAnswer } = this.#options
    if (error) {
      const message = `${addressOf(this.#options)}: ${reasonOf(error)}`
      queue.answered(new ClientError('send-failed', message, { cause: error }))
    } else {
      queue.answered(TAKEN)
      onAnswer()
    }
    this.pump()
  }
}
