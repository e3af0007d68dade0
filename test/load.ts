// Sends events to a hub as fast as it takes them, and says how fast that was.
//   node test/load.ts --port 5555 [--events 500000] [--hosts 1000] [--batch 100] [--connections 4]
// The last line is JSON: { "events", "seconds" }; an event counts once it is acknowledged.
import { connect } from 'node:net'
import { parseArgs } from 'node:util'
import { decodeMsg, encodeFrame, encodeMsg, FrameReader, makeEvent } from 'weir-protocol'

/** How many messages of a connection are on their way at once. */
const AHEAD = 32
const SERVICES = [
  'uptime/uptime',
  'df-root/percent_bytes-free',
  'cpu/percent-idle',
  'memory/memory-free',
  'load/load',
]

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '5555' },
    events: { type: 'string', default: '500000' },
    hosts: { type: 'string', default: '1000' },
    batch: { type: 'string', default: '100' },
    connections: { type: 'string', default: '4' },
  },
})
const [port, events, hosts, batch, connections] = [
  Number(values.port),
  Number(values.events),
  Number(values.hosts),
  Number(values.batch),
  Number(values.connections),
]

/** Encoded beforehand, so that it is the hub that is measured: each host's services, in turn. */
const frames = Array.from({ length: Math.ceil((hosts * SERVICES.length) / batch) }, (_, message) =>
  encodeFrame(
    encodeMsg({
      events: Array.from({ length: batch }, (_, place) => {
        const n = message * batch + place
        return makeEvent({
          host: `host-${Math.floor(n / SERVICES.length) % hosts}`,
          service: SERVICES[n % SERVICES.length],
          metric: 20 + (n % 60),
          time: 1_790_000_000_000_000,
          ttl: 3600,
        })
      }),
    }),
  ),
)
let left = Math.ceil(events / batch)
const count = left * batch

async function send(): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  socket.setNoDelay(true)
  const reader = new FrameReader()
  let owed = 0
  await new Promise<void>((resolve, reject) => {
    const more = () => {
      while (left > 0 && owed < AHEAD) {
        left -= 1
        owed += 1
        socket.write(frames[left % frames.length] ?? '')
      }
      if (owed === 0) resolve()
    }
    socket.on('connect', more)
    socket.on('error', reject)
    socket.on('data', (chunk: Buffer) => {
      reader.push(chunk, (frame) => {
        const { ok, error } = decodeMsg(frame, 0)
        if (ok !== true) reject(new Error(error))
        owed -= 1
      })
      more()
    })
  })
  socket.end()
}

const began = process.hrtime.bigint()
await Promise.all(Array.from({ length: connections }, send))
const seconds = Number(process.hrtime.bigint() - began) / 1e9
console.log(JSON.stringify({ events: count, seconds }))
