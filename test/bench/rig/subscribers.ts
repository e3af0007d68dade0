// The readers: a process of its own, told by its parent what to subscribe to. An event's metric is when it was sent, in
// milliseconds; how late it is here is what is measured.
import { once } from 'node:events'
import { WebSocket } from 'ws'

/** What its parent tells it: to subscribe, to count from now on, and to say what it saw. */
export type Order = { readonly url: string; readonly queries: readonly string[] } | 'count' | 'tell'

/** What the readers saw since they were told to count: events, how late in milliseconds, and how many were closed. */
export interface Seen {
  readonly events: number
  readonly p50: number
  readonly p99: number
  readonly closed: number
}

/** Of very many events, so many are looked at. */
const SAMPLES = 500_000
const METRIC = /"metric":([\d.]+)/

let counting = false
let events = 0
let every = 1
let closed = 0
const lags: number[] = []

process.on('message', async (order: Order) => {
  if (order === 'count') {
    counting = true
  } else if (order === 'tell') {
    counting = false
    const sorted = Float64Array.from(lags).sort()
    const at = (part: number) => sorted[Math.floor(part * sorted.length)] ?? Number.NaN
    process.send?.({ events, p50: at(0.5), p99: at(0.99), closed } satisfies Seen)
  } else {
    for (const query of order.queries) await subscribe(order.url, query)
    process.send?.('open')
  }
})

async function subscribe(url: string, query: string): Promise<void> {
  const socket = new WebSocket(`${url}/index?subscribe=true&query=${encodeURIComponent(query)}`)
  socket.on('message', (data: Buffer) => {
    if (!counting) return
    events += 1
    if (events % every !== 0) return
    const sent = METRIC.exec(data.toString('latin1'))?.[1]
    if (sent !== undefined) lags.push(performance.timeOrigin + performance.now() - Number(sent))
    if (lags.length >= SAMPLES) {
      // Half of them stand for all.
      for (let n = 0; 2 * n < SAMPLES; n++) lags[n] = lags[2 * n] ?? 0
      lags.length = SAMPLES / 2
      every *= 2
    }
  })
  socket.on('close', () => {
    closed += 1
  })
  socket.on('error', () => {})
  await once(socket, 'open')
}
