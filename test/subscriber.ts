import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import type { TestHub } from './hub.ts'
import { eventually } from './real/processes.ts'

/** What a websocket of a hub was told. */
export class Subscriber {
  readonly socket: WebSocket
  readonly got: Record<string, unknown>[] = []
  opened = false
  /** The code and reason with which it was closed, or the answer in place of a websocket. */
  closed: string | undefined

  constructor(hub: TestHub, path: string, options: { readonly headers?: Record<string, string> } = {}) {
    this.socket = new WebSocket(`${hub.http.replace(/^http/, 'ws')}${path}`, options)
    onTestFinished(() => this.socket.terminate())
    this.socket.on('open', () => {
      this.opened = true
    })
    this.socket.on('message', (data) => this.got.push(JSON.parse(String(data))))
    this.socket.on('error', () => {})
    this.socket.on('unexpected-response', (request, response) => {
      response.setEncoding('utf8').on('data', (text: string) => {
        this.closed = `${response.statusCode} ${text.trim()}`
        request.destroy()
      })
    })
    this.socket.on('close', (code, reason) => {
      this.closed ??= `${code} ${reason}`.trim()
    })
  }

  /** Host, service, state and metric of what it got, a text each. */
  get lines(): readonly string[] {
    return this.got.map(({ host, service, state, metric }) =>
      [host, service, state, metric].filter((part) => part != null).join(' '),
    )
  }

  /** Waits until it has got so many, or was closed. */
  async has(count: number): Promise<readonly string[]> {
    await eventually(
      () => this.got.length >= count || this.closed !== undefined,
      `${count} events at ${this.socket.url}`,
    )
    return this.lines
  }

  async isOpen(): Promise<this> {
    await eventually(() => this.opened || this.closed !== undefined, 'an open websocket')
    return this
  }

  async isClosed(): Promise<string | undefined> {
    await eventually(() => this.closed !== undefined, 'the end of a websocket')
    return this.closed
  }
}
