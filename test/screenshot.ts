// Makes docs/page.png anew: a real hub with the shipped rules, invented hosts, and Chromium.
//   node_modules/.bin/node test/screenshot.ts
// The hosts' half hour is played at a sixtieth of its time.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { build } from 'vite'
import { type Client, connect } from 'weir-client'
import { config, type Event } from 'weir-hub'
import { diskFull } from '../config/rules/disk.ts'
import { hostDown } from '../config/rules/host.ts'
import { indexAll } from '../config/rules/index.ts'
import { machineWall, type Wall } from '../server/src/clock/wall.ts'
import { startHub } from '../server/src/main.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const MINUTE = 60_000_000
const INTERVAL = 10_000_000
const PLAYED = 30 * MINUTE
const SPEED = 60

/** Time that runs `speed` times as fast as the machine's, and has caught up with it when `played` has passed. */
function fastWall(played: number, speed: number): Wall & { slow(): void } {
  let pace = speed
  let from = machineWall.now()
  let base = from - played + played / speed
  return {
    now: () => Math.round(base + (machineWall.now() - from) * pace),
    after: (ms, run) => machineWall.after(ms / pace, run),
    /** From now on it runs as the machine's does. */
    slow() {
      base = this.now()
      from = machineWall.now()
      pace = 1
    },
  }
}

type Sample = Partial<Event> & { readonly service: string }

/** A value near `around` that wanders a little, the same at each run. */
function wander(around: number, by: number, minute: number, seed: string): number {
  const phase = [...seed].reduce((sum, letter) => sum + letter.charCodeAt(0), 0)
  return Number(
    (around + by * Math.sin(minute / 3 + phase) + (by / 3) * Math.sin(minute * 2 + phase)).toFixed(2),
  )
}

/** What a host of this role says at a minute of the half hour; nothing where it is silent. */
const HOSTS: Readonly<Record<string, (minute: number, host: string) => readonly Sample[]>> = {
  'db-1': (m, h) => [
    ...machine(m, h, { idle: 38, used: 81, tags: ['db', 'production'] }),
    {
      service: 'df-var-lib-postgresql/percent_bytes-free',
      metric: Math.max(3.1, 9.6 - m / 2),
      tags: ['db', 'production'],
    },
    {
      service: 'postgresql/connections',
      state: 'ok',
      metric: Math.round(wander(84, 6, m, h)),
      tags: ['db', 'production'],
    },
  ],
  'db-2': (m, h) => [
    ...machine(m, h, { idle: 86, used: 62, tags: ['db', 'production'] }),
    { service: 'df-var-lib-postgresql/percent_bytes-free', metric: 41.7, tags: ['db', 'production'] },
    {
      service: 'postgresql/replication lag',
      state: 'ok',
      metric: wander(0.21, 0.08, m, h),
      tags: ['db', 'production'],
    },
  ],
  'web-1': (m, h) => web(m, h, 0.18),
  'web-2': (m, h) => web(m, h, m > 24 ? 1.31 : 0.22),
  'web-3': (m, h) => web(m, h, 0.2),
  'cache-1': (m, h) => machine(m, h, { idle: 93, used: 71, tags: ['cache', 'production'] }),
  'cache-2': (m, h) => (m < 25.5 ? machine(m, h, { idle: 92, used: 69, tags: ['cache', 'production'] }) : []),
  'build-1': (m, h) => [
    ...machine(m, h, { idle: 12, used: 44, tags: ['build'], free: 8.2 }),
    { service: 'ci/queue', state: 'ok', metric: 3, description: '3 jobs wait for a runner', tags: ['build'] },
  ],
  'mail-1': (m, h) => [
    ...machine(m, h, { idle: 97, used: 33, tags: ['mail'] }),
    {
      service: 'backup',
      state: 'ok',
      description: 'nightly backup took 14m',
      metric: 842,
      ttl: 90_000,
      tags: ['mail'],
    },
  ],
}

interface Machine {
  readonly idle: number
  readonly used: number
  readonly free?: number
  readonly tags: readonly string[]
}

function machine(minute: number, host: string, { idle, used, free = 58, tags }: Machine): readonly Sample[] {
  return [
    { service: 'uptime/uptime', metric: 4_000_000 + host.length * 777_777 + Math.round(minute * 60), tags },
    { service: 'load/load/shortterm', metric: wander((100 - idle) / 25, 0.15, minute, host), tags },
    { service: 'cpu/percent-idle', metric: wander(idle, 2, minute, host), tags },
    { service: 'memory/percent-used', metric: wander(used, 1, minute, host), tags },
    { service: 'df-root/percent_bytes-free', metric: free, tags },
    {
      service: 'interface-eth0/if_octets/rx',
      metric: Math.round(wander(410_000, 90_000, minute, host)),
      tags,
    },
  ]
}

function web(minute: number, host: string, latency: number): readonly Sample[] {
  const tags = ['web', 'production']
  const metric = wander(latency, latency / 12, minute, host)
  return [
    ...machine(minute, host, { idle: 71, used: 54, tags }),
    {
      service: 'api/latency p99',
      metric,
      state: metric > 1 ? 'warning' : 'ok',
      ...(metric > 1 ? { description: 'above 1 s' } : {}),
      tags,
    },
    { service: 'api/requests', state: 'ok', metric: Math.round(wander(240, 30, minute, host)), tags },
  ]
}

/** Sends what every host says at that minute, one host after the other with a pause between. */
async function sendAll(client: Client, minute: number, pause = 0): Promise<void> {
  for (const [host, samples] of Object.entries(HOSTS)) {
    await client.send(samples(minute, host).map((sample) => ({ ttl: 20, ...sample, host })))
    if (pause > 0) await waitFor(pause)
  }
}

/** Milliseconds of the hub's time. */
function waitFor(ms: number): Promise<void> {
  return new Promise((resolve) => wall.after(ms, resolve))
}

const dir = mkdtempSync(join(tmpdir(), 'weir-screenshot-'))
const page = join(dir, 'page')
await build({ root: join(ROOT, 'dashboard'), logLevel: 'warn', build: { outDir: page, emptyOutDir: true } })
const wall = fastWall(PLAYED, SPEED)
const started = wall.now()
const hub = await startHub({
  config: config({
    name: 'hub',
    listen: { riemann: '127.0.0.1:0', http: '127.0.0.1:0', proxied: false },
    rules: [indexAll, diskFull, hostDown],
  }),
  data: join(dir, 'data'),
  page,
  token: undefined,
  wall,
  random: Math.random,
  fetch: globalThis.fetch,
  log: (line) => console.log(line),
})
const port = Number(hub.listen.riemann?.split(':')[1])
const client = await connect({ port, clock: wall, timeoutMs: 10 * MINUTE })
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
})
try {
  for (let at = started; wall.now() < started + PLAYED; at += INTERVAL) {
    await sendAll(client, (at - started) / MINUTE)
    const early = at + INTERVAL - wall.now()
    if (early > 0) await waitFor(early / 1000)
  }
  wall.slow()
  const shown = await browser.newPage({ viewport: { width: 1280, height: 920 }, colorScheme: 'light' })
  await shown.goto(`http://${hub.listen.http}`)
  await shown.locator('[data-alert]').nth(2).waitFor()
  await sendAll(client, PLAYED / MINUTE, 400)
  await shown.screenshot({ path: join(ROOT, 'docs/page.png') })
} finally {
  await browser.close()
  await client.close()
  await hub.stop()
  rmSync(dir, { recursive: true, force: true })
}
