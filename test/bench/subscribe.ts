import { fork } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { encodeFrame, encodeMsg, makeEvent } from 'weir-protocol'
import { cpuSeconds } from './rig/cpu.ts'
import { type Figures, round, table, wanted } from './rig/figures.ts'
import { OK } from './rig/load.ts'
import { type Server, withRig } from './rig/processes.ts'
import type { Order, Seen } from './rig/subscribers.ts'

// What it costs to tell 1,000 websocket subscribers of 5,000 changes a second, and how late they hear of them, counted from
// when the event was sent. Where they want everything, 5,000,000 events a second, they can't have it all: that shows what is
// conflated, and that senders don't notice.

const SUBSCRIBERS = Number(process.env.WEIR_SUBSCRIBERS ?? 1_000)
const RATE = 5_000
const HOSTS = 1_000
/** Events of a message. */
const BATCH = 10
const WARM_UP = 2_000
const SECONDS = Number(process.env.WEIR_SECONDS ?? 10)
const SERVICES = ['cpu', 'memory', 'disk', 'load', 'network']

/** What the nth of them subscribes to, and how much that is of all. */
const CASES: Readonly<Record<string, (n: number) => string>> = {
  'to nothing that comes': () => 'host = "nobody"',
  'each to its own host': (n) => `host = "host-${n % HOSTS}"`,
  'each to a host by a pattern': (n) => `host =~ "%-${n % HOSTS}" and metric > 0`,
  'all to everything': () => 'true',
}

await withRig(async (rig) => {
  const lines: Figures[] = []
  for (const [what, query] of Object.entries(CASES)) {
    if (wanted.length > 0 && !wanted.some((word) => what.includes(word))) continue
    const hub = await rig.hub()
    const readers = fork(join(import.meta.dirname, 'rig/subscribers.ts'), [], { stdio: 'inherit' })
    try {
      const queries = Array.from({ length: SUBSCRIBERS }, (_, n) => query(n))
      lines.push({ subscribed: what, ...(await measure(hub, readers, queries)) })
    } finally {
      readers.kill()
      await hub.kill()
    }
  }
  table(`${SUBSCRIBERS} subscribers, ${RATE} changes/s`, lines)
})

async function measure(
  hub: Server,
  readers: ReturnType<typeof fork>,
  queries: readonly string[],
): Promise<Figures> {
  const page = /the page is on (\S+)/.exec(hub.output())?.[1] ?? ''
  const tell = (order: Order) => readers.send(order)
  tell({ url: page.replace(/^http/, 'ws'), queries })
  await once(readers, 'message')
  const load = send(hub.port)
  await sleep(WARM_UP)
  load.count()
  const before = await metrics(page)
  const cpu = cpuSeconds(`${hub.pid}`) ?? Number.NaN
  const began = performance.now()
  tell('count')
  await sleep(SECONDS * 1_000)
  tell('tell')
  const [seen]: Seen[] = await once(readers, 'message')
  const seconds = (performance.now() - began) / 1_000
  const busy = ((cpuSeconds(`${hub.pid}`) ?? Number.NaN) - cpu) / seconds
  const after = await metrics(page)
  const conflated = 'weir_subscription_trouble_total{what="conflated"}'
  const figures = {
    'told/s': round((seen?.events ?? 0) / seconds, 0),
    'lag p50, ms': round(seen?.p50 ?? Number.NaN, 1),
    'lag p99, ms': round(seen?.p99 ?? Number.NaN, 1),
    'hub busy': round(busy),
    'conflated/s': round(((after.get(conflated) ?? 0) - (before.get(conflated) ?? 0)) / seconds, 0),
    closed: seen?.closed,
    'sender p99, ms': round(load.p99(), 1),
    'loop p99, ms': round(1_000 * (after.get('weir_event_loop_delay_p99_seconds') ?? Number.NaN), 1),
    'hub MB': round((after.get('weir_memory_bytes') ?? Number.NaN) / 2 ** 20, 0),
  }
  load.stop()
  return figures
}

/** Sends RATE events a second, each message at its time, and keeps how long its answer took. */
function send(port: number) {
  const socket = connect(port, '127.0.0.1')
  socket.setNoDelay(true)
  const owed: number[] = []
  let waits: number[] = []
  let unread = 0
  socket.on('data', (chunk) => {
    unread += chunk.length
    for (; unread >= OK.length; unread -= OK.length) waits.push(performance.now() - (owed.shift() ?? 0))
  })
  const began = performance.now()
  let sent = 0
  let stopped = false
  const more = () => {
    const due = Math.floor(((performance.now() - began) * RATE) / 1_000 / BATCH)
    for (; sent < due; sent++) {
      owed.push(performance.now())
      socket.write(frameOf(sent * BATCH))
    }
    if (!stopped) setTimeout(more, 1)
  }
  more()
  return {
    count() {
      waits = []
    },
    p99: () => waits.toSorted((a, b) => a - b)[Math.floor(0.99 * waits.length)] ?? Number.NaN,
    stop() {
      stopped = true
      socket.destroy()
    },
  }
}

function frameOf(first: number): Uint8Array {
  const now = performance.timeOrigin + performance.now()
  const events = Array.from({ length: BATCH }, (_, place) => {
    const n = first + place
    const service = SERVICES[Math.floor(n / HOSTS) % SERVICES.length]
    return makeEvent({
      host: `host-${n % HOSTS}`,
      service,
      state: 'ok',
      metric: now,
      time: Math.round(now * 1_000),
      ttl: 60,
      tags: ['collectd', 'eu-1'],
    })
  })
  return encodeFrame(encodeMsg({ events }))
}

async function metrics(page: string): Promise<ReadonlyMap<string, number>> {
  const lines = (await (await fetch(`${page}/metrics`)).text()).split('\n')
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  )
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
