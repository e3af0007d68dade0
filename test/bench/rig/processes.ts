import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Aim, Outcome } from './load.ts'

const ROOT = new URL('../../..', import.meta.url).pathname

/** The shipped rules, without inputs of its own; `extra` are further members of the configuration. */
const configuration = (extra: string) => `
import { config } from 'weir-hub'
import { diskFull } from '${ROOT}config/rules/disk.ts'
import { hostDown } from '${ROOT}config/rules/host.ts'
import { indexAll } from '${ROOT}config/rules/index.ts'
export default config({
  name: 'hub-1',
  listen: { riemann: '127.0.0.1:0', http: '127.0.0.1:0', proxied: false },
  rules: [indexAll, diskFull, hostDown],
  ${extra}
})
`

/** A server that loads are sent to. */
export interface Server {
  readonly pid: number
  readonly port: number
  /** Where a hub's page is, without a slash at the end; empty where it is none. */
  readonly http: string
  /** What it printed so far. */
  output(): string
  kill(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

export interface HubOptions {
  /** Its data and configuration are there. */
  readonly dir: string
  /** The text of its configuration, or further members of the usual one. */
  readonly config?: string
  readonly extra?: string
  readonly node?: readonly string[]
}

/** Starts a hub and waits until it is ready. */
export async function startHub({ dir, config, extra = '', node = [] }: HubOptions): Promise<Server> {
  const file = join(dir, 'weir.config.ts')
  writeFileSync(file, config ?? configuration(extra))
  const command = [join(ROOT, 'server/bin/weir.js'), 'start', '--config', file, '--data', join(dir, 'data')]
  const child = spawn(process.execPath, [...node, ...command], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, SLACK_WEBHOOK_URL: '', WEIR_TOKEN: '' },
  })
  let output = ''
  await new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
      if (/^ready$/m.test(output)) resolve()
    })
    child.on('exit', () => reject(new Error(`the hub ended:\n${output}`)))
  })
  const port = Number(/for events on 127\.0\.0\.1:(\d+)/.exec(output)?.[1])
  return server(child, port, () => output)
}

/** Starts one of the servers of receiver.ts. */
export async function startReceiver(kind: 'frames' | 'protobufjs' | 'decoder'): Promise<Server> {
  const child = fork(join(import.meta.dirname, 'receiver.ts'), [kind], { stdio: 'inherit' })
  const [address] = await once(child, 'message')
  return server(child, address.port, () => '')
}

function server(child: ChildProcess, port: number, output: () => string): Server {
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()))
  return {
    pid: child.pid ?? 0,
    port,
    http: /the page is on (\S+)/.exec(output())?.[1] ?? '',
    output,
    kill(signal = 'SIGKILL') {
      child.kill(signal)
      return ended
    },
  }
}

export interface Measured extends Outcome {
  readonly eventsPerSecond: number
}

/** The process that sends. */
export class Generator {
  readonly #child = fork(join(import.meta.dirname, 'generator.ts'), [], { stdio: 'inherit' })

  constructor() {
    this.#child.on('exit', (code) => {
      if (code !== null) throw new Error(`the generator ended with ${code}`)
    })
  }

  async send(server: Server, load: Aim): Promise<Measured> {
    this.#child.send({ ...load, port: server.port, pid: server.pid })
    const [outcome] = await once(this.#child, 'message')
    return { ...outcome, eventsPerSecond: outcome.events / outcome.seconds }
  }

  end(): void {
    this.#child.kill()
  }
}

/** All that a bench starts and makes; gone when it is over, however it ends. */
export async function withRig<T>(run: (rig: Rig) => Promise<T>): Promise<T> {
  const rig = new Rig()
  try {
    return await run(rig)
  } finally {
    await rig.end()
  }
}

export class Rig {
  readonly #servers: Server[] = []
  readonly #dirs: string[] = []
  #generator: Generator | undefined

  get generator(): Generator {
    this.#generator ??= new Generator()
    return this.#generator
  }

  dir(): string {
    const dir = mkdtempSync(join(tmpdir(), 'weir-bench-'))
    this.#dirs.push(dir)
    return dir
  }

  async hub(options: Partial<HubOptions> = {}): Promise<Server> {
    const hub = await startHub({ dir: this.dir(), ...options })
    this.#servers.push(hub)
    return hub
  }

  async receiver(kind: 'frames' | 'protobufjs' | 'decoder'): Promise<Server> {
    const receiver = await startReceiver(kind)
    this.#servers.push(receiver)
    return receiver
  }

  /** Ends the servers, not the generator. */
  async killAll(): Promise<void> {
    await Promise.all(this.#servers.splice(0).map((server) => server.kill()))
  }

  async end(): Promise<void> {
    this.#generator?.end()
    await this.killAll()
    for (const dir of this.#dirs) rmSync(dir, { recursive: true, force: true })
  }
}
