import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { decodeMsg, FrameReader } from 'weir-protocol'
import type { OperatorRequest } from '../server/src/api/operator-socket.ts'
import { type HubOptions, startHub, type TestHub } from './hub.ts'

/** The hub is gone: killed, or it closed the connection. */
export class Gone extends Error {}

/** What the journal holds; see the hub's clock socket. */
export interface Journaled {
  readonly position: number
  readonly arrival: number
  readonly value?: string
}

/** A hub in a process of its own whose time a test moves. */
export class DrivenHub {
  readonly hub: TestHub
  readonly #clock: Commands
  readonly #operators: Commands
  readonly #events: Events

  private constructor(hub: TestHub, clock: Commands, operators: Commands, events: Events) {
    this.hub = hub
    this.#clock = clock
    this.#operators = operators
    this.#events = events
  }

  /** Starts one on the given directory (again). Rejects when it ends before it is ready. */
  static async start(options: HubOptions): Promise<DrivenHub> {
    const hub = await startHub({
      ...options,
      args: ['--clock', 'driven', ...(options.args ?? [])],
      env: { WEIR_TEST_CLOCK: '1', ...options.env },
    })
    const clock = new Commands(await connected(connect(join(options.dir, 'data', 'clock.sock'))))
    const operators = new Commands(await connected(connect(join(options.dir, 'data', 'weir.sock'))))
    const events = new Events(await connected(connect(hub.port, '127.0.0.1')))
    return new DrivenHub(hub, clock, operators, events)
  }

  get output(): string {
    return this.hub.process.output()
  }

  /** Moves time, in microseconds since the epoch; resolves when all that falls due by then is done. */
  async advance(to: number): Promise<void> {
    await this.#clock.ask({ advance: to })
  }

  /** Asks what `weir alerts`, `weir ack` and the like ask. */
  async operate(request: OperatorRequest): Promise<unknown> {
    return (await this.#operators.ask(request)).ok
  }

  /** What the journal holds, and the attribute's value in the last event that has it. */
  async journaled(attribute: string): Promise<Journaled> {
    const { position, arrival, value } = await this.#clock.ask({ journaled: attribute })
    return {
      position: Number(position),
      arrival: Number(arrival),
      ...(typeof value === 'string' ? { value } : {}),
    }
  }

  /** Sends frames at once; resolves when all are acknowledged. `onAnswer` hears of each answer. */
  async send(frames: readonly Uint8Array[], onAnswer: () => void = () => {}): Promise<void> {
    await this.#events.send(frames, onAnswer)
  }

  /** Sends only the first bytes. */
  sendPart(frames: readonly Uint8Array[], bytes: number): void {
    this.#events.write(Buffer.concat(frames).subarray(0, bytes))
  }

  /** Ends it as a crash does; it is gone when this returns, or as good as. */
  kill(): void {
    process.kill(this.hub.process.pid, 'SIGKILL')
  }

  /** Waits for its end. */
  async gone(): Promise<void> {
    await this.hub.process.exit
    this.#clock.close()
    this.#operators.close()
    this.#events.close()
  }

  /** Lets it stop in good order, and gives its exit code. */
  async stop(): Promise<number | null> {
    this.#events.close()
    const { code } = await this.hub.process.stop('SIGTERM')
    this.#clock.close()
    this.#operators.close()
    return code
  }
}

/** Lines of JSON over a Unix socket, one answer each. */
class Commands {
  readonly #socket: Socket
  readonly #waiting: PromiseWithResolvers<Record<string, unknown>>[] = []

  constructor(socket: Socket) {
    this.#socket = socket
    let text = ''
    socket.setEncoding('utf8')
    socket.on('data', (chunk) => {
      const lines = (text + chunk).split('\n')
      text = lines.pop() ?? ''
      for (const line of lines) this.#answer(JSON.parse(line))
    })
    socket.on('close', () => {
      for (const { reject } of this.#waiting.splice(0)) reject(new Gone('the socket closed'))
    })
  }

  ask(command: unknown): Promise<Record<string, unknown>> {
    const asked = Promise.withResolvers<Record<string, unknown>>()
    this.#waiting.push(asked)
    if (this.#socket.closed) asked.reject(new Gone('the socket is closed'))
    else this.#socket.write(`${JSON.stringify(command)}\n`)
    return asked.promise
  }

  close(): void {
    this.#socket.destroy()
  }

  #answer(answer: Record<string, unknown>): void {
    const asked = this.#waiting.shift()
    if ('error' in answer) asked?.reject(new Error(String(answer.error)))
    else asked?.resolve(answer)
  }
}

/** A sender over TCP. */
class Events {
  readonly #socket: Socket
  #owed = 0
  #onAnswer = () => {}
  #done: PromiseWithResolvers<void> | undefined

  constructor(socket: Socket) {
    this.#socket = socket
    const reader = new FrameReader()
    socket.on('data', (chunk) => {
      if (typeof chunk === 'string') return
      reader.push(chunk, (frame) => {
        const { ok, error } = decodeMsg(frame, 0)
        if (ok !== true) this.#done?.reject(new Error(`refused: ${error}`))
        this.#owed -= 1
        this.#onAnswer()
        if (this.#owed === 0) this.#done?.resolve()
      })
    })
    socket.on('close', () => this.#done?.reject(new Gone('the connection closed')))
  }

  send(frames: readonly Uint8Array[], onAnswer: () => void): Promise<void> {
    if (frames.length === 0) return Promise.resolve()
    const done = Promise.withResolvers<void>()
    if (this.#socket.closed) done.reject(new Gone('the connection is closed'))
    this.#done = done
    this.#owed = frames.length
    this.#onAnswer = onAnswer
    this.write(Buffer.concat(frames))
    return done.promise
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes)
  }

  close(): void {
    this.#socket.destroy()
  }
}

function connected(socket: Socket): Promise<Socket> {
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(socket))
    socket.once('error', () => reject(new Gone('it does not listen any more')))
    socket.on('error', () => {})
  })
}
