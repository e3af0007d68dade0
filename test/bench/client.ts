import { once } from 'node:events'
import { createServer } from 'node:net'
import { type Client, type ClientOptions, connect, createClient } from 'weir-client'
import { round, table } from './rig/figures.ts'
import { type Server, withRig } from './rig/processes.ts'

// weir-client in this process against a hub in another: how many events a second it brings there, with batches and
// without, beside what a bare generator brings with frames that were encoded beforehand; how long an event waits for its
// answer; and what it holds while the hub is away for a minute.

const EVENTS = 300_000
/** How many events are on their way at once. */
const AHEAD = 10_000
const AWAY_SECONDS = Number(process.env.WEIR_AWAY_SECONDS ?? 60)
const AWAY_RATE = 10_000

const now = () => Number(process.hrtime.bigint()) / 1e9
const event = (n: number) => ({
  host: `host-${n % 1000}`,
  service: 'api/latency',
  metric: n,
  ttl: 3600,
  tags: ['bench'],
})

await withRig(async (rig) => {
  const hub = await rig.hub()
  const ceiling = {
    transport: 'tcp',
    keys: 1_000,
    connections: 1,
    ahead: 100,
    warmUp: 1,
    seconds: 4,
  } as const
  const lines = []
  for (const [what, batch, more] of [
    ['an event a message', 1, {}],
    ['batches of 500', 500, { batch: true }],
  ] as const) {
    const generator = await rig.generator.send(hub, { ...ceiling, batch })
    await through(hub, more, EVENTS / 10)
    const client = await through(hub, more, EVENTS)
    lines.push({
      what,
      'generator, events/s': Math.round(generator.eventsPerSecond),
      'client, events/s': Math.round(client),
      share: round(client / generator.eventsPerSecond),
    })
  }
  table('events a second', lines)

  const waits = []
  for (const [what, more] of [
    ['an event a message', {}],
    ['batches of 500 or 10 ms', { batch: true }],
    ['batches of 500 or 1 ms', { batch: { ms: 1 } }],
  ] as const) {
    for (const rate of [1_000, 20_000]) waits.push({ what, rate, ...(await latency(hub, more, rate, 4)) })
  }
  table('from send to its answer, in ms', waits)
})

const held = []
for (const [what, options] of [
  ['an event a message', {}],
  ['batches', { batch: true }],
  ['batches, a queue for all of it', { batch: true, queue: { events: 1_000_000, bytes: 256 * 1024 * 1024 } }],
] as const)
  held.push({ what, ...(await away(options)) })
table(`${AWAY_SECONDS} s at ${AWAY_RATE} events/s, the hub away`, held)

/** Sends so many, as fast as they are answered; gives events a second. */
async function through(hub: Server, options: ClientOptions, events: number): Promise<number> {
  const client = await connect({ port: hub.port, ...options })
  const began = now()
  let sent = 0
  const waiting: Promise<void>[] = []
  while (sent < events) {
    for (let n = 0; n < AHEAD / 10; n++) waiting.push(client.send(event(sent++)))
    if (waiting.length >= AHEAD) await Promise.all(waiting.splice(0, AHEAD / 10))
  }
  await Promise.all(waiting)
  const seconds = now() - began
  await client.close()
  return events / seconds
}

/** At a steady rate, in turns of a millisecond. */
async function latency(hub: Server, options: ClientOptions, rate: number, seconds: number) {
  const client = await connect({ port: hub.port, ...options })
  const waits: number[] = []
  await steadily(rate, seconds, (n) => {
    const began = now()
    void client.send(event(n)).then(() => waits.push(now() - began))
  })
  await client.close()
  waits.sort((a, b) => a - b)
  const at = (share: number) => round((waits[Math.floor(waits.length * share)] ?? Number.NaN) * 1000, 3)
  return { p50: at(0.5), p99: at(0.99), max: at(0.999999) }
}

/** What the process grows by, and how the hub gets what was kept when it is back. */
async function away(options: ClientOptions) {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  await new Promise((resolve) => server.close(resolve))
  globalThis.gc?.()
  const before = memory()
  const client = createClient({ port, ...options })
  let peak = 0
  await steadily(AWAY_RATE, AWAY_SECONDS, (n) => {
    void client.send(event(n))
    if (n % AWAY_RATE === 0) peak = Math.max(peak, process.memoryUsage().rss)
  })
  globalThis.gc?.()
  const grown = memory() - before
  const { queued, queuedBytes, dropped } = client.stats
  await end(client)
  const mib = (bytes: number) => round(bytes / 1024 / 1024, 1)
  return {
    'held, MiB': mib(grown),
    'rss at most, MiB': mib(peak),
    queued,
    'encoded, MiB': mib(queuedBytes),
    dropped,
  }
}

function memory(): number {
  const { heapUsed, external, arrayBuffers } = process.memoryUsage()
  return heapUsed + Math.max(external, arrayBuffers)
}

async function end(client: Client): Promise<void> {
  await client.close(0)
  globalThis.gc?.()
}

async function steadily(rate: number, seconds: number, send: (n: number) => void): Promise<void> {
  const began = now()
  const total = rate * seconds
  let sent = 0
  while (sent < total) {
    const due = Math.min(total, Math.floor((now() - began) * rate))
    while (sent < due) send(sent++)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}
