import type { ServerResponse } from 'node:http'
import type { End, Reader } from './reader.ts'

const DATA = Buffer.from('data: ')
const END = Buffer.from('\n\n')

/** A subscriber that listens to server-sent events: `data: JSON` for each event, a comment as the sign of life. */
export class SseReader implements Reader {
  readonly #response: ServerResponse
  /** Whether something that was sent before the last sign of life is still unread. */
  #unread = false

  constructor(response: ServerResponse) {
    this.#response = response
  }

  get buffered(): number {
    return this.#response.writableLength
  }

  send(events: readonly Buffer[], taken: () => void): void {
    const response = this.#response
    response.cork()
    for (const [n, event] of events.entries()) {
      response.write(DATA)
      response.write(event)
      response.write(END, n === events.length - 1 ? taken : undefined)
    }
    response.uncork()
  }

  probe(): boolean {
    if (this.#unread) return false
    this.#unread = true
    this.#response.write(':\n\n', () => {
      this.#unread = false
    })
    return true
  }

  close({ why, said }: End): void {
    this.#response.end(why === 'done' ? '' : `event: error\ndata: ${JSON.stringify({ error: said })}\n\n`)
  }

  destroy(): void {
    this.#response.destroy()
  }
}
