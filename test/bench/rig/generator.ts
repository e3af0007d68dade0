// The load: a process of its own, told by its parent what to send. Frames are made beforehand and answers only compared
// with the one that is expected, so that the receiver is what is measured.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { encodeFrame } from 'weir-protocol'
import { cpuSeconds } from './cpu.ts'
import { type Load, messages, OK, type Outcome } from './load.ts'

process.on('message', (load: Load) => {
  run(load).then(
    (outcome) => process.send?.(outcome),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})

function run(load: Load): Promise<Outcome> {
  if (load.transport === 'udp') return datagrams(load)
  return load.rate === undefined ? flood(load) : paced(load, load.rate)
}

/** Frames one behind the other, twice over, so that several can be written at once wherever one begins. */
class Frames {
  readonly count: number
  readonly #bytes: Buffer
  readonly #starts: readonly number[]
  #next = 0

  constructor(load: Load) {
    const frames = messages(load).map(encodeFrame)
    this.count = frames.length
    this.#bytes = Buffer.concat([...frames, ...frames])
    let end = 0
    this.#starts = [0, ...[...frames, ...frames].map((frame) => (end += frame.length))]
  }

  take(count: number): Buffer {
    const from = this.#next
    this.#next = (from + count) % this.count
    return this.#bytes.subarray(this.#starts[from], this.#starts[from + count])
  }
}

/** As many as are answered: `ahead` messages of each connection are on their way. */
async function flood(load: Load): Promise<Outcome> {
  const frames = new Frames(load)
  let acked = 0
  let stopped = false
  const sockets = await open(load, (socket, count) => {
    acked += count
    if (!stopped) write(socket, frames, count)
  })
  for (const socket of sockets) write(socket, frames, load.ahead)
  await sleep(load.warmUp)
  const measured = measure(load.pid)
  const before = acked
  await sleep(load.seconds)
  const events = (acked - before) * load.batch
  const outcome = { events, ...measured() }
  stopped = true
  await close(sockets)
  return outcome
}

function write(socket: Socket, frames: Frames, count: number): void {
  for (let left = count; left > 0; left -= frames.count)
    socket.write(frames.take(Math.min(left, frames.count)))
}

/** Open loop: each message has its time, and waits in the queues of the system where the receiver is behind. */
async function paced(load: Load, rate: number): Promise<Outcome> {
  const frames = new Frames(load)
  const gap = (load.batch / rate) * 1e3
  const total = Math.ceil(((load.warmUp + load.seconds) * rate) / load.batch)
  const skip = Math.ceil((load.warmUp * rate) / load.batch)
  const latencies = new Float64Array(total)
  let acked = 0
  let sent = 0
  let began = 0
  let finish = () => {}
  const finished = new Promise<void>((resolve) => {
    finish = resolve
  })
  // By connection, the numbers of the messages that wait for their answers.
  const owed = new Map<Socket, number[]>()
  const sockets = await open(load, (socket, count) => {
    const now = performance.now() - began
    for (const message of owed.get(socket)?.splice(0, count) ?? []) latencies[message] = now - message * gap
    acked += count
    if (acked === total) finish()
  })
  for (const socket of sockets) owed.set(socket, [])
  const measured = measure(load.pid)
  began = performance.now()
  const send = () => {
    const due = Math.min(total, Math.floor((performance.now() - began) / gap) + 1)
    for (; sent < due; sent++) {
      const socket = sockets[sent % sockets.length]
      if (socket === undefined) return
      owed.get(socket)?.push(sent)
      socket.write(frames.take(1))
    }
    if (sent < total) setImmediate(send)
  }
  send()
  await finished
  const usage = measured()
  await close(sockets)
  const sorted = latencies.subarray(skip).sort()
  const at = (part: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN
  const latency = { p50: at(0.5), p99: at(0.99), 'p99.9': at(0.999), max: at(1) }
  return { events: sorted.length * load.batch, ...usage, latency }
}

/** One message a datagram; a few at a time, since the system drops what does not fit into its buffer. */
async function datagrams(load: Load): Promise<Outcome> {
  const socket = createSocket('udp4')
  socket.connect(load.port, '127.0.0.1')
  await once(socket, 'connect')
  const datagrams = messages(load)
  const gap = load.rate === undefined ? 0 : (load.batch / load.rate) * 1e3
  const measured = measure(load.pid)
  const began = performance.now()
  let sent = 0
  for (let now = 0; now < load.seconds * 1e3; now = performance.now() - began) {
    const due = gap === 0 ? sent + 32 : Math.floor(now / gap)
    const sends: Promise<void>[] = []
    for (; sent < due; sent++) {
      const bytes = datagrams[sent % datagrams.length] ?? OK
      sends.push(new Promise((resolve) => socket.send(bytes, () => resolve())))
    }
    await Promise.all(sends)
    if (gap !== 0) await new Promise(setImmediate)
  }
  const outcome = { events: sent * load.batch, ...measured() }
  socket.close()
  return outcome
}

async function open(load: Load, acked: (socket: Socket, count: number) => void): Promise<Socket[]> {
  const sockets = Array.from({ length: load.connections }, () => connect(load.port, '127.0.0.1'))
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  for (const socket of sockets) {
    socket.setNoDelay(true)
    let rest = 0
    socket.on('data', (chunk: Buffer) => {
      for (let i = 0; i < chunk.length; i++) {
        if (chunk[i] !== OK[(rest + i) % OK.length]) throw new Error('a message was not acknowledged')
      }
      const count = Math.floor((rest + chunk.length) / OK.length)
      rest = (rest + chunk.length) % OK.length
      acked(socket, count)
    })
  }
  return sockets
}

/** Ends the connections once all is answered. */
async function close(sockets: readonly Socket[]): Promise<void> {
  await Promise.all(
    sockets.map((socket) => {
      socket.end()
      return once(socket, 'close')
    }),
  )
}

function measure(pid: number): () => Omit<Outcome, 'events' | 'latency'> {
  const cpu = process.cpuUsage()
  const main = cpuSeconds(`${pid}/task/${pid}`)
  const all = cpuSeconds(`${pid}`)
  const began = performance.now()
  return () => {
    const seconds = (performance.now() - began) / 1e3
    const { user, system } = process.cpuUsage(cpu)
    return {
      seconds,
      busy: (user + system) / 1e6 / seconds,
      mainBusy: share(cpuSeconds(`${pid}/task/${pid}`), main, seconds),
      allBusy: share(cpuSeconds(`${pid}`), all, seconds),
    }
  }
}

function share(after: number | undefined, before: number | undefined, seconds: number): number | undefined {
  return after === undefined || before === undefined ? undefined : (after - before) / seconds
}

function sleep(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1e3))
}
