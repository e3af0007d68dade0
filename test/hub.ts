import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Running, run } from './real/processes.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** The rules of the shipped configuration with short times, on ports that the system chooses. */
const CONFIG = `
import { config } from 'weir-hub'
import { diskFull } from '${ROOT}config/rules/disk.ts'
import { hostDown } from '${ROOT}config/rules/host.ts'
import { indexAll } from '${ROOT}config/rules/index.ts'

export default config({
  name: 'hub-1',
  listen: { riemann: '127.0.0.1:0', http: '127.0.0.1:0', proxied: process.env.WEIR_TOKEN ? '127.0.0.1:0' : false },
  rules: [indexAll, diskFull, hostDown],
})
`

export interface HubOptions {
  /** A directory of the test; the hub's data and configuration stand in it. */
  readonly dir: string
  /** The text of weir.config.ts. Default: the shipped rules on free ports, without inputs. */
  readonly config?: string
  readonly env?: Readonly<Record<string, string>>
  /** Further arguments of `weir start`. */
  readonly args?: readonly string[]
  /** What runs the hub: `['nsenter', …]`. */
  readonly through?: readonly string[]
  /** Gets the process before it is ready. */
  readonly onSpawn?: (process: Running) => void
}

/** A hub in a process of its own. */
export interface TestHub {
  readonly process: Running
  readonly port: number
  /** Without a slash at the end. */
  readonly http: string
  /** The listener that asks for the token, where there is one. */
  readonly proxied: string | undefined
}

/** Starts a hub on the given directory (again), and waits until it is ready. */
export async function startHub(options: HubOptions): Promise<TestHub> {
  mkdirSync(options.dir, { recursive: true })
  const file = join(options.dir, 'weir.config.ts')
  writeFileSync(file, options.config ?? CONFIG)
  const [command = process.execPath, ...args] = [
    ...(options.through ?? []),
    ...[process.execPath, join(ROOT, 'server/src/cli/weir.ts'), 'start'],
    ...['--config', file, '--data', join(options.dir, 'data'), ...(options.args ?? [])],
  ]
  const env = { SLACK_WEBHOOK_URL: '', WEIR_TOKEN: '', ...options.env }
  const hub = run(command, args, { cwd: ROOT, env })
  options.onSpawn?.(hub)
  await hub.printed(/^ready$/m, 60_000)
  const output = hub.output()
  const port = Number(/for events on 127\.0\.0\.1:(\d+)/.exec(output)?.[1])
  const http = /the page is on (\S+)/.exec(output)?.[1] ?? ''
  const proxied = /with a token, on (\S+)/.exec(output)?.[1]
  return { process: hub, port, http, proxied }
}
