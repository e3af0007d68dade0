import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import {
  decodeMsg,
  encodeFrame,
  encodeMsg,
  FrameReader,
  MAX_DATAGRAM,
  type Msg,
  makeEvent,
} from 'weir-protocol'
import { type Client, type ClientOptions, connect } from './client.ts'
import type { Clock } from './clock.ts'
import type { ClientErrorCode } from './errors.ts'
import { MAX_OUTSTANDING } from './tcp.ts'

const NOW = 1_700_000_000_000_001
const OK = encodeFrame(encodeMsg({ ok: true }))
const NOT_OK = encodeFrame(encodeMsg({ ok: false, error: 'no room' }))

const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** A hub of which the test says when and what it answers. */
interface Hub {
  readonly port: number
  /** Waits for the next message. */
  received(): Promise<Msg>
  answer(bytes: Uint8Array): void
  hangUp(): void
}

async function startHub(): Promise<Hub> {
  const msgs: Msg[] = []
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    const reader = new FrameReader()
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => {
      reader.push(chunk, (payload) => msgs.push(decodeMsg(payload, 0)))
      server.emit('received')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const socket = () => sockets[0] ?? raise('nobody has connected')
  return {
    port: portOf(server.address()),
    async received() {
      while (msgs.length === 0) await once(server, 'received')
      return msgs.shift() ?? raise('nothing was received')
    },
    answer: (bytes) => void socket().write(bytes),
    hangUp: () => void socket().destroy(),
  }
}

/** A clock of which the test says when the timers ring. */
class TestClock implements Clock {
  readonly #timers = new Set<() => void>()

  now(): number {
    return NOW
  }

  after(_ms: number, run: () => void): () => void {
    this.#timers.add(run)
    return () => void this.#timers.delete(run)
  }

  get timers(): number {
    return this.#timers.size
  }

  ring(): void {
    for (const run of this.#timers) {
      this.#timers.delete(run)
      run()
    }
  }
}

async function connected(hub: Hub, options: ClientOptions = {}): Promise<Client> {
  const client = await connect({ port: hub.port, eventHost: 'web-1', clock: new TestClock(), ...options })
  cleanups.push(() => {
    hub.hangUp()
    return client.close()
  })
  return client
}

/** What becomes of a promise: `waiting` until it is settled, then `ok` or the code of the error. */
function watch(promise: Promise<void>): { state: 'waiting' | 'ok' | ClientErrorCode; message: string } {
  const watched: ReturnType<typeof watch> = { state: 'waiting', message: '' }
  promise.then(
    () => {
      watched.state = 'ok'
    },
    (error) => {
      watched.state = error.code
      watched.message = error.message
    },
  )
  return watched
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : raise('no port')
}

/** A port where nobody listens. */
async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server.address())
  server.close()
  await once(server, 'close')
  return port
}

function raise(message: string): never {
  throw new Error(message)
}

/** Waits until `condition` holds, letting real I/O go on. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn()
}

describe('send', () => {
  test('brings the event to the hub, with host and time where it has none', async () => {
    const hub = await startHub()
    const client = await connected(hub)
    const sent = client.send(Object.freeze({ service: 'api', metric: 0.25, tags: Object.freeze(['t']) }))
    expect((await hub.received()).events).toEqual([
      makeEvent({ host: 'web-1', service: 'api', metric: 0.25, time: NOW, tags: ['t'] }),
    ])
    hub.answer(OK)
    await sent
  })

  test('takes several events as one message, and none as nothing to do', async () => {
    const hub = await startHub()
    const client = await connected(hub)
    await client.send([])
    const sent = client.send([{ service: 'a' }, { service: 'b' }])
    expect((await hub.received()).events.map(({ service }) => service)).toEqual(['a', 'b'])
    hub.answer(OK)
    await sent
  })

  test('resolves by the answer to just this message', async () => {
    const hub = await startHub()
    const client = await connected(hub)
    const [a, b, c] = ['a', 'b', 'c'].map((service) => watch(client.send({ service })))
    for (const service of ['a', 'b', 'c']) expect((await hub.received()).events).toMatchObject([{ service }])
    hub.answer(OK)
    await until(() => a?.state !== 'waiting')
    expect([a?.state, b?.state, c?.state]).toEqual(['ok', 'waiting', 'waiting'])
    hub.answer(NOT_OK)
    await until(() => b?.state !== 'waiting')
    expect([b?.state, c?.state]).toEqual(['refused', 'waiting'])
    expect(b?.message).toBe(`127.0.0.1:${hub.port} refused: no room`)
    hub.answer(OK)
    await until(() => c?.state !== 'waiting')
    expect(c?.state).toBe('ok')
  })

  test('understands answers that come in pieces, and several at once', async () => {
    const hub = await startHub()
    const client = await connected(hub)
    const sends = [1, 2, 3].map((metric) => client.send({ metric }))
    await hub.received()
    for (const byte of OK) {
      hub.answer(Uint8Array.of(byte))
      await turn()
    }
    hub.answer(Buffer.concat([OK, OK]))
    await Promise.all(sends)
  })

  test('rejects when the connection is lost, and from then on', async () => {
    const hub = await startHub()
    const client = await connected(hub)
    const sends = [1, 2, 3].map((metric) => watch(client.send({ metric })))
    await hub.received()
    hub.answer(OK)
    await until(() => sends[0]?.state === 'ok')
    hub.hangUp()
    await until(() => sends.every(({ state }) => state !== 'waiting'))
    expect(sends.map(({ state }) => state)).toEqual(['ok', 'connection-lost', 'connection-lost'])
    await expect(client.send({})).rejects.toMatchObject({
      name: 'ClientError',
      code: 'connection-lost',
      message: expect.stringContaining(`127.0.0.1:${hub.port}: connection lost`),
    })
  })

  test('rejects when no answer comes in time; a late one is not taken for that of another message', async () => {
    const hub = await startHub()
    const clock = new TestClock()
    const client = await connected(hub, { clock, timeoutMs: 250 })
    const first = watch(client.send({ service: 'first' }))
    await hub.received()
    clock.ring()
    await until(() => first.state !== 'waiting')
    expect(first).toEqual({ state: 'timeout', message: `127.0.0.1:${hub.port}: no answer within 250 ms` })
    const second = watch(client.send({ service: 'second' }))
    await hub.received()
    hub.answer(NOT_OK)
    hub.answer(OK)
    await until(() => second.state !== 'waiting')
    expect(second.state).toBe('ok')
    expect(clock.timers).toBe(0)
  })

  test.each([
    ['garbage', Buffer.from('00000001ff', 'hex'), 'not a Riemann message'],
    ['HTTP', Buffer.from('HTTP/1.1 400 Bad Request\r\n'), 'a frame of 1213486160 bytes'],
    ['an answer too many', Buffer.concat([OK, OK]), 'nothing was asked'],
  ])('rejects from then on when the hub answers with %s', async (_, bytes, why) => {
    const hub = await startHub()
    const client = await connected(hub)
    const sent = watch(client.send({}))
    await hub.received()
    hub.answer(bytes)
    await until(() => sent.state !== 'waiting')
    await expect(client.send({})).rejects.toMatchObject({
      code: 'bad-answer',
      message: expect.stringContaining(`127.0.0.1:${hub.port} sent what is no answer: ${why}`),
    })
  })

  test('refuses more when too much waits for answers', async () => {
    const hub = await startHub()
    const client = await connected(hub)
    const sends = Array.from({ length: MAX_OUTSTANDING }, () => watch(client.send({ service: 's' })))
    await expect(client.send({})).rejects.toMatchObject({ code: 'overloaded' })
    await hub.received()
    hub.answer(OK)
    await until(() => sends[0]?.state === 'ok')
    const more = watch(client.send({}))
    await turn()
    expect(more.state).toBe('waiting')
  })

  test('refuses an event of wrong types, and goes on', async () => {
    const hub = await startHub()
    const client = await connected(hub)
    await expect(client.send(JSON.parse('{"metric":"much"}'))).rejects.toMatchObject({
      code: 'invalid-event',
    })
    const sent = client.send({})
    await hub.received()
    hub.answer(OK)
    await sent
  })

  test('refuses a message too large', async () => {
    const client = await connected(await startHub())
    const description = 'x'.repeat(17 * 1024 * 1024)
    await expect(client.send({ description })).rejects.toMatchObject({ code: 'too-large' })
    await expect(client.send(new Array(100_001).fill({}))).rejects.toMatchObject({ code: 'too-large' })
  })
})

describe('connect', () => {
  test('rejects where nobody listens', async () => {
    const port = await unusedPort()
    await expect(connect({ port })).rejects.toMatchObject({
      code: 'connect-failed',
      message: `cannot connect to 127.0.0.1:${port}: ECONNREFUSED`,
    })
  })

  test.each([0, 65_536, 1.5, Number.NaN])('rejects for the port %d', async (port) => {
    await expect(connect({ port })).rejects.toMatchObject({
      code: 'connect-failed',
      message: `cannot connect to 127.0.0.1:${port}: a port is an integer from 1 to 65535`,
    })
  })

  test('rejects when no connection comes in time', async () => {
    const hub = await startHub()
    const clock = new TestClock()
    const connecting = connect({ port: hub.port, timeoutMs: 70, clock })
    clock.ring()
    await expect(connecting).rejects.toMatchObject({
      code: 'connect-failed',
      message: `cannot connect to 127.0.0.1:${hub.port}: no connection within 70 ms`,
    })
  })
})

describe('close', () => {
  test('waits for answers on their way, and refuses further messages', async () => {
    const hub = await startHub()
    const client = await connected(hub)
    const sent = watch(client.send({}))
    await hub.received()
    const closed = watch(client.close())
    await expect(client.send({})).rejects.toMatchObject({ code: 'closed' })
    expect([sent.state, closed.state]).toEqual(['waiting', 'waiting'])
    hub.answer(OK)
    await client.close()
    expect([sent.state, closed.state]).toEqual(['ok', 'ok'])
  })

  test('waits no longer than the timeout', async () => {
    const hub = await startHub()
    const clock = new TestClock()
    const client = await connected(hub, { clock })
    const sent = watch(client.send({}))
    await hub.received()
    const closed = client.close()
    clock.ring()
    await closed
    expect(sent.state).toBe('timeout')
  })

  test('is done when the connection is lost already', async () => {
    const hub = await startHub()
    const client = await connected(hub)
    const sent = watch(client.send({}))
    await hub.received()
    hub.hangUp()
    await until(() => sent.state === 'connection-lost')
    await client.close()
  })

  test('comes with `await using`', async () => {
    const hub = await startHub()
    let client: Client
    {
      await using scoped = await connect({ port: hub.port })
      client = scoped
    }
    await expect(client.send({})).rejects.toMatchObject({ code: 'closed' })
  })
})

describe('the process', () => {
  test('lives until the answer has come, and ends without close', async () => {
    const hub = await startHub()
    const script = `
      import { connect } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))}
      const client = await connect({ port: ${hub.port} })
      await client.send({ service: 'last words' })
      console.log('answered')`
    const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', script])
    cleanups.push(() => child.kill())
    const output: string[] = []
    child.stdout.on('data', (text) => output.push(String(text)))
    child.stderr.on('data', (text) => output.push(String(text)))
    await hub.received()
    hub.answer(OK)
    expect([await once(child, 'close'), output.join('')]).toEqual([[0, null], 'answered\n'])
  })
})

describe('udp', () => {
  test('sends a message a datagram', async () => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1')
    await once(socket, 'listening')
    cleanups.push(() => socket.close())
    const { port } = socket.address()
    const client = await connect({ port, transport: 'udp', eventHost: 'web-1', clock: new TestClock() })
    const datagram = once(socket, 'message')
    await client.send([{ service: 'a' }, { service: 'b' }])
    const [msg] = await datagram
    expect(decodeMsg(msg, 0).events).toEqual([
      makeEvent({ host: 'web-1', service: 'a', time: NOW }),
      makeEvent({ host: 'web-1', service: 'b', time: NOW }),
    ])
    await expect(client.send({ description: 'x'.repeat(MAX_DATAGRAM) })).rejects.toMatchObject({
      code: 'too-large',
      message:
        'a message of 16414 bytes, above the limit of 16384 for a datagram: send fewer events at once, or over TCP',
    })
    await client.close()
    await expect(client.send({})).rejects.toMatchObject({ code: 'closed' })
  })

  test('goes on where nobody listens: a send tells it, or is lost', async () => {
    const client = await connect({ port: await unusedPort(), transport: 'udp' })
    for (const metric of [1, 2, 3]) {
      const outcome = watch(client.send({ metric }))
      await until(() => outcome.state !== 'waiting')
      expect(['ok', 'send-failed']).toContain(outcome.state)
    }
    await client.close()
  })

  test('rejects for an address that the machine refuses', async () => {
    await expect(connect({ host: '255.255.255.255', transport: 'udp' })).rejects.toMatchObject({
      code: 'connect-failed',
      message: expect.stringMatching(/^cannot send to 255\.255\.255\.255:5555: E[A-Z]+$/),
    })
  })
})
