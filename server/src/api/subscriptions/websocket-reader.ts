import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { End, Reader } from './reader.ts'

/** The close codes of RFC 6455 that say what happened; 1013: try again later. */
const CODES: Readonly<Record<End['why'], number>> = {
  done: 1000,
  stopping: 1001,
  slow: 1013,
  overrun: 1013,
  silent: 1013,
}

/** A subscriber's websocket: a text frame for each event. */
export class WebSocketReader implements Reader {
  readonly #socket: WebSocket
  /** What the websocket writes to. */
  readonly #stream: Duplex
  #answered = true

  constructor(socket: WebSocket, stream: Duplex) {
    this.#socket = socket
    this.#stream = stream
    socket.on('pong', () => {
      this.#answered = true
    })
  }

  get buffered(): number {
    return this.#socket.bufferedAmount
  }

  send(events: readonly Buffer[], taken: () => void): void {
    // One write to the system for all of them.
    this.#stream.cork()
    for (const [n, event] of events.entries()) {
      this.#socket.send(event, { binary: false }, n === events.length - 1 ? taken : undefined)
    }
    this.#stream.uncork()
  }

  probe(): boolean {
    if (!this.#answered) return false
    this.#answered = false
    this.#socket.ping()
    return true
  }

  close({ why, said }: End): void {
    this.#socket.close(CODES[why], said)
  }

  destroy(): void {
    this.#socket.terminate()
  }
}
