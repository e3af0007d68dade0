import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import {
  decodeMsg,
  type Event,
  encodeFrame,
  encodeMsg,
  FrameReader,
  type Msg,
  makeEvent,
} from 'weir-protocol'

/** A bare TCP connection to the hub that sends whatever bytes, and what it was answered. */
export class Peer {
  readonly replies: Msg[] = []
  /** Whether the hub has closed its side. */
  closed = false
  readonly socket: Socket
  #waiting: (() => void)[] = []

  private constructor(socket: Socket) {
    this.socket = socket
    const frames = new FrameReader()
    const wake = () => {
      for (const go of this.#waiting.splice(0)) go()
    }
    socket.on('data', (chunk: Buffer) => {
      frames.push(chunk, (frame) => this.replies.push(decodeMsg(frame, 0)))
      wake()
    })
    socket.on('error', () => {})
    for (const end of ['end', 'close'])
      socket.on(end, () => {
        this.closed = true
        wake()
      })
  }

  /** Connects to 127.0.0.1; the connection ends with the test at the latest, or with the file when made outside one. */
  static async connect(port: number): Promise<Peer> {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    await once(socket, 'connect')
    const peer = new Peer(socket)
    try {
      onTestFinished(() => void socket.destroy())
    } catch {
      socket.unref()
    }
    return peer
  }

  send(bytes: Uint8Array): void {
    this.socket.write(bytes)
  }

  /** Waits until so many frames were answered in all, or the hub closed its side. */
  async replied(count: number): Promise<readonly Msg[]> {
    while (this.replies.length < count && !this.closed)
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    return this.replies
  }

  /** Closes its own side and waits until the hub has closed its. */
  async end(): Promise<readonly Msg[]> {
    this.socket.end()
    return this.replied(Number.POSITIVE_INFINITY)
  }

  /** Sends one frame and gives its answer; undefined where the hub closed instead. */
  async ask(frame: Uint8Array): Promise<Msg | undefined> {
    const count = this.replies.length
    this.send(frame)
    return (await this.replied(count + 1))[count]
  }
}

/** A frame with these events; without a time of their own they have one of 2023. */
export function frameOf(...events: readonly Partial<Event>[]): Uint8Array {
  const made = events.map((event) => makeEvent({ time: 1_700_000_000_000_000, ...event }))
  return encodeFrame(encodeMsg({ events: made }))
}
