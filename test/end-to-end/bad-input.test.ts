import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { encodeFrame, encodeMsg, FrameReader, MAX_FRAME, makeEvent } from 'weir-protocol'
import * as wire from '../../protocol/src/riemann.js'
import { startHub, type TestHub } from '../hub.ts'
import { rowOf, snapshotOf } from '../live.ts'
import { metricsOf, rejectedBy } from '../metrics.ts'
import { frameOf, Peer } from '../peer.ts'
import { scratch } from '../real/processes.ts'

/** What the hub may have in memory after any of this. */
const MEMORY = 700 * 1024 * 1024

const BROKEN = join(import.meta.dirname, '../samples/collectd/write_riemann_broken')

let hub: TestHub
let witness: Witness
let before: Readonly<Record<string, number>>

/** A sender that behaves well, one event after the other, and is acknowledged all the while. */
class Witness {
  acknowledged = 0
  refused = 0
  readonly #peer: Peer

  constructor(peer: Peer) {
    this.#peer = peer
    void this.#send()
  }

  async #send(): Promise<void> {
    for (;;) {
      const reply = await this.#peer.ask(frameOf({ host: 'witness', service: 'heartbeat', ttl: 3600 }))
      if (reply === undefined) return
      if (reply.ok === true) this.acknowledged += 1
      else this.refused += 1
    }
  }

  /** Waits until what it sends from now on was acknowledged. */
  async isServed(): Promise<void> {
    const { acknowledged } = this
    await expect.poll(() => this.acknowledged - acknowledged).toBeGreaterThan(1)
    expect(this.refused).toBe(0)
  }
}

beforeAll(async () => {
  hub = await startHub({ dir: await scratch() })
  witness = new Witness(await Peer.connect(hub.port))
})

beforeEach(async () => {
  before = await rejectedBy(hub)
})

/** Whatever happened, the witness is served and the memory is bounded. */
afterEach(async () => {
  await witness.isServed()
  expect((await metricsOf(hub)).get('weir_memory_bytes')).toBeLessThan(MEMORY)
})

afterAll(async () => {
  expect(hub.process.output()).not.toMatch(/Error|at .*\.ts:\d+/)
  expect(await hub.process.stop()).toEqual({ code: 0, signal: null })
})

/** What was counted as refused or dropped in this test; waits until it is this. */
async function counts(expected: Readonly<Record<string, number>>): Promise<void> {
  await expect
    .poll(async () => {
      const now = Object.entries(await rejectedBy(hub)).map(([reason, count]) => [
        reason,
        count - (before[reason] ?? 0),
      ])
      return Object.fromEntries(now.filter(([, count]) => count !== 0))
    })
    .toEqual(expected)
}

describe('over TCP', () => {
  test.each([
    [
      'a frame above 16 MiB',
      Buffer.from('01000001', 'hex'),
      `a frame of ${MAX_FRAME + 1} bytes, above the limit of ${MAX_FRAME}`,
    ],
    ['HTTP', Buffer.from('POST /events HTTP/1.1\r\n\r\n'), 'this looks like HTTP'],
    ['TLS', Buffer.from('16030100c8010000c40303', 'hex'), 'this looks like TLS'],
    ['a line of graphite', Buffer.from('load 1 1700000000\n'), 'this looks like text, beginning with "load"'],
  ])('%s: told why, and closed', async (_, bytes, why) => {
    const peer = await Peer.connect(hub.port)
    const reply = await peer.ask(bytes)
    expect([reply?.ok, reply?.error]).toEqual([false, expect.stringContaining(why)])
    expect(await peer.ask(frameOf({ service: 'too late' }))).toBeUndefined()
    await counts({ 'tcp frame-too-large': 1 })
  })

  test('50 MB after a frame above the limit: the answer arrives', async () => {
    const peer = await Peer.connect(hub.port)
    peer.send(Buffer.alloc(50_000_000, 0x41))
    expect((await peer.replied(1))[0]).toMatchObject({
      ok: false,
      error: expect.stringContaining('looks like text'),
    })
    await counts({ 'tcp frame-too-large': 1 })
  })

  test('frames of garbage: each answered, and the connection goes on', async () => {
    const peer = await Peer.connect(hub.port)
    let seed = 1
    const garbage = Array.from({ length: 500 }, () => {
      const bytes = Buffer.alloc(200)
      for (let i = 0; i < bytes.length; i++) {
        seed = (seed * 48_271) % 0x7fffffff
        bytes[i] = seed & 0xff
      }
      // 6 is the number of no wire type.
      bytes[0] = 0x36
      return encodeFrame(bytes)
    })
    peer.send(Buffer.concat(garbage))
    const replies = await peer.replied(500)
    expect(new Set(replies.map(({ ok, error }) => `${ok} ${error?.split(':')[0]}`))).toEqual(
      new Set(['false not a Riemann message']),
    )
    expect((await peer.ask(frameOf({ service: 'after garbage' })))?.ok).toBe(true)
    await counts({ 'tcp bad-protobuf': 500 })
  })

  test('half a frame, then the end: dropped', async () => {
    const peer = await Peer.connect(hub.port)
    peer.send(frameOf({ service: 'half' }).subarray(0, 10))
    expect(await peer.end()).toEqual([])
    await counts({ 'tcp cut-frame': 1 })
  })

  test('fields of another wire type are ignored, as unknown ones are', async () => {
    const peer = await Peer.connect(hub.port)
    // service as a number, host as text, field 200 with anything.
    const event = Buffer.from('18012206737472616e67c20c03616263', 'hex')
    const wrong = Buffer.concat([Buffer.from([0x32, event.length]), event])
    expect((await peer.ask(encodeFrame(wrong)))?.ok).toBe(true)
    await counts({})
  })

  test('more than 100,000 events in a message: refused whole', async () => {
    const peer = await Peer.connect(hub.port)
    const msg = Buffer.alloc(2 * 100_001)
    for (let i = 0; i < msg.length; i += 2) msg[i] = 0x32
    expect(await peer.ask(encodeFrame(msg))).toMatchObject({
      ok: false,
      error: 'more than 100000 events in one message',
    })
    await counts({ 'tcp too-many-events': 1 })
  })

  test('a thousand connections that say nothing, and as many in the midst of a frame', async () => {
    const idle = await Promise.all(Array.from({ length: 1000 }, () => Peer.connect(hub.port)))
    const half = await Promise.all(Array.from({ length: 1000 }, () => Peer.connect(hub.port)))
    const begun = Buffer.alloc(1000)
    begun.writeUInt32BE(MAX_FRAME)
    for (const peer of half) peer.send(begun)
    await expect.poll(async () => (await metricsOf(hub)).get('weir_tcp_connections')).toBe(2001)
    await witness.isServed()
    expect((await idle[500]?.ask(frameOf({ service: 'one of a thousand' })))?.ok).toBe(true)
    expect((await metricsOf(hub)).get('weir_memory_bytes')).toBeLessThan(MEMORY)
    for (const peer of [...idle, ...half]) peer.socket.destroy()
    await expect.poll(async () => (await metricsOf(hub)).get('weir_tcp_connections')).toBe(1)
    await counts({ 'tcp cut-frame': 1000 })
  })

  test('forty frames of 16 MiB that do not end: those that take most are refused', async () => {
    const begun = Buffer.alloc(12 * 1024 * 1024)
    begun.writeUInt32BE(MAX_FRAME)
    const peers = await Promise.all(Array.from({ length: 40 }, () => Peer.connect(hub.port)))
    for (const peer of peers) peer.send(begun)
    await expect.poll(async () => (await rejectedBy(hub))['tcp partial-frames'] ?? 0).toBeGreaterThan(15)
    await witness.isServed()
    await Promise.all(peers.map((peer) => peer.end()))
    const told = peers.flatMap(({ replies }) => replies.map(({ error }) => error))
    expect(new Set(told)).toEqual(
      new Set(['too many frames are half sent; send smaller ones, or over fewer connections']),
    )
    const open = peers.filter(({ replies }) => replies.length === 0)
    expect(open.length).toBeGreaterThan(5)
    await counts({ 'tcp partial-frames': 40 - open.length, 'tcp cut-frame': open.length })
  })

  test('a sender that does not read its answers is stopped', async () => {
    const deaf = await Peer.connect(hub.port)
    deaf.socket.pause()
    const empty = Buffer.alloc(4 * 100_000)
    let written = 0
    // Until what it sends finds no room any more, in the hub, the system and here.
    while (deaf.socket.writableLength < 8_000_000) {
      deaf.send(empty)
      written += 1
      await new Promise((resolve) => setImmediate(resolve))
    }
    await witness.isServed()
    deaf.socket.resume()
    await deaf.replied(written * 100_000)
    await counts({})
  })
})

describe("what Debian's broken write_riemann sends", () => {
  const files = globSync('**/*.bin', { cwd: BROKEN })
  test('is all answered, over TCP and UDP, and what is indexed is text', async () => {
    expect(files.length).toBeGreaterThan(10)
    const peer = await Peer.connect(hub.port)
    const socket = createSocket('udp4')
    for (const file of files) {
      const bytes = readFileSync(join(BROKEN, file))
      const payloads: Uint8Array[] = []
      if (file.endsWith('.frame.bin')) new FrameReader().push(bytes, (payload) => payloads.push(payload))
      else payloads.push(bytes)
      for (const payload of payloads) {
        expect(await peer.ask(encodeFrame(payload))).toMatchObject({ ok: true })
        await new Promise((resolve) => socket.send(payload, hub.port, '127.0.0.1', resolve))
      }
    }
    socket.close()
    const { rows } = await snapshotOf(hub)
    expect(
      rows.some(({ host, service, tags }) =>
        [host, service, ...tags].some((text) => text?.includes('\ufffd')),
      ),
    ).toBe(true)
    await counts({})
  })
})

describe('over UDP', () => {
  test('junk, a TCP frame, and more than 16 KiB are dropped; the next datagram is taken', async () => {
    const socket = createSocket('udp4')
    const large = encodeMsg({ events: [makeEvent({ service: 'x'.repeat(16_384), time: 0 })] })
    const good = encodeMsg({ events: [makeEvent({ host: 'udp', service: 'after junk', time: 0 })] })
    for (const datagram of [Buffer.from('junk!'), frameOf({ service: 's' }), large, Buffer.alloc(0), good])
      await new Promise((resolve) => socket.send(datagram, hub.port, '127.0.0.1', resolve))
    await expect.poll(() => rowOf(hub, 'udp', 'after junk')).toBeDefined()
    socket.close()
    await counts({ 'udp bad-protobuf': 2, 'udp datagram-too-large': 1 })
  })
})

describe('an event', () => {
  const FAR = 2 ** 62
  test.each<[name: string, event: wire.Event.$Properties, row: object | undefined]>([
    ['a metric that is NaN counts as none', { metricD: Number.NaN }, { metric: null }],
    ['a metric that is infinite counts as none', { metricD: Number.POSITIVE_INFINITY }, { metric: null }],
    [
      'a metric that is infinite as a float counts as none',
      { metricF: Number.NEGATIVE_INFINITY },
      { metric: null },
    ],
    [
      'a time far in the past is cut to what can be told',
      { timeMicros: -FAR },
      { time: Number.MIN_SAFE_INTEGER / 1000 },
    ],
    [
      'a time far in the future is cut to what can be told',
      { time: FAR },
      { time: Number.MAX_SAFE_INTEGER / 1000 },
    ],
    ['a ttl beyond 31 years is cut to it', { ttl: Number.POSITIVE_INFINITY }, { ttl: 1e9 }],
    ['a ttl of NaN counts as none', { ttl: Number.NaN }, { ttl: null }],
    ['a ttl of 0 is over at once', { ttl: 0 }, undefined],
    ['a negative ttl is over at once', { ttl: -1 }, undefined],
    ['an empty host is a host', { host: '' }, { host: '' }],
    ['no host and an empty state', { host: null, state: '' }, { host: null, state: '' }],
    [
      'attributes named as what objects have',
      { attributes: [attribute('__proto__'), attribute('constructor')] },
      { attributes: JSON.parse('{"__proto__":"x","constructor":"x"}') },
    ],
    [
      'an attribute named host overrides nothing',
      { attributes: [attribute('host')] },
      { attributes: { host: 'x' } },
    ],
    [
      '10,000 tags',
      { tags: Array.from({ length: 10_000 }, (_, n) => `t${n}`) },
      { tags: expect.objectContaining({ length: 10_000 }) },
    ],
    [
      'a description of a megabyte',
      { description: 'd'.repeat(1_000_000) },
      { description: expect.objectContaining({ length: 1_000_000 }) },
    ],
  ])('%s', async (service, event, row) => {
    const peer = await Peer.connect(hub.port)
    const sent = { host: 'odd', service, ttl: 600, ...event }
    const expired = (await metricsOf(hub)).get('weir_index_expired_total') ?? 0
    expect((await peer.ask(encodeFrame(wire.Msg.encode({ events: [sent] }).finish())))?.ok).toBe(true)
    if (row === undefined) {
      await expect
        .poll(async () => (await metricsOf(hub)).get('weir_index_expired_total'))
        .toBeGreaterThan(expired)
      expect((await snapshotOf(hub)).rows.some((one) => one.service === service)).toBe(false)
    } else {
      const found = (await snapshotOf(hub)).rows.find((one) => one.service === service)
      expect(found).toMatchObject({ host: sent.host, ...row })
    }
    await counts({})
  })
})

describe('over HTTP', () => {
  const good = JSON.stringify([{ host: 'http', service: 'good' }])
  const bomb = gzipSync(Buffer.alloc(200_000_000, 0x20))
  test.each<
    [
      name: string,
      body: string | Buffer,
      headers: Record<string, string>,
      status: number,
      answer: object,
      counted: string | undefined,
    ]
  >([
    ['not JSON', 'hello', {}, 400, { error: expect.stringContaining('not JSON') }, 'bad-json'],
    [
      'JSON of another shape',
      '42',
      {},
      400,
      { error: expect.stringContaining('expected an event') },
      'bad-shape',
    ],
    ['an event that is none', '[42]', {}, 400, { accepted: 0, rejectedCount: 1 }, 'bad-event'],
    [
      'NaN, which is not JSON',
      '{"metric":NaN}',
      {},
      400,
      { error: expect.stringContaining('not JSON') },
      'bad-json',
    ],
    ['deeply nested JSON', `${'['.repeat(1_000_000)}`, {}, 400, { error: expect.any(String) }, 'bad-json'],
    [
      'too many events',
      `[${'{},'.repeat(100_001)}{}]`,
      {},
      413,
      { error: expect.stringContaining('100000 events') },
      'too-large',
    ],
    ['gzip', gzipSync(good), { 'content-encoding': 'gzip' }, 200, { accepted: 1 }, undefined],
    [
      'broken gzip',
      Buffer.from(good),
      { 'content-encoding': 'gzip' },
      415,
      { error: expect.stringContaining('unpacked') },
      'bad-encoding',
    ],
    [
      'an encoding that is not known',
      good,
      { 'content-encoding': 'br' },
      415,
      { error: expect.stringContaining("'br'") },
      'bad-encoding',
    ],
    [
      'a gzip bomb',
      bomb,
      { 'content-encoding': 'gzip' },
      413,
      { error: 'the body is above 16 MiB; send it in parts' },
      'too-large',
    ],
  ])('%s', async (_, body, headers, status, answer, counted) => {
    const response = await fetch(`${hub.http}/events`, {
      method: 'POST',
      body: new Uint8Array(Buffer.from(body)),
      headers,
    })
    expect([response.status, await response.json()]).toEqual([status, expect.objectContaining(answer)])
    await counts(counted === undefined ? {} : { [`http ${counted}`]: 1 })
  })

  test('fifty gzip bombs at once', async () => {
    const posts = Array.from({ length: 50 }, () =>
      fetch(`${hub.http}/collectd`, {
        method: 'POST',
        body: new Uint8Array(bomb),
        headers: { 'content-encoding': 'gzip' },
      }),
    )
    await witness.isServed()
    for (const post of posts) {
      const response = await post
      expect(response.status).toBe(413)
      await response.arrayBuffer()
    }
    await counts({ 'collectd too-large': 50 })
  })

  test.each([
    ['that says how long it is', { 'content-length': '100000000' }],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
  ])('a body of 100 MB %s', async (_, headers) => {
    const post = request(`${hub.http}/events`, { method: 'POST', headers })
    post.on('error', () => {})
    const answered = new Promise<IncomingMessage>((resolve) => post.on('response', resolve))
    const chunk = Buffer.alloc(1_000_000, 0x20)
    let response: IncomingMessage | undefined
    for (let sent = 0; sent < 100 && response === undefined; sent++) {
      const written = new Promise<undefined>((resolve) => post.write(chunk, () => resolve(undefined)))
      response = await Promise.race([answered, written])
    }
    response ??= await answered
    expect(response.statusCode).toBe(413)
    post.destroy()
    await counts({ 'http too-large': 1 })
  })

  test.each([
    ['a name that is not this machine', { host: 'evil.example' }, 'foreign-host'],
    ['a page of somewhere else', { origin: 'http://evil.example' }, 'foreign-origin'],
  ])('from %s: 403', async (_, headers, reason) => {
    const post = request(`${hub.http}/events`, { method: 'POST', headers })
    post.end(good)
    const [response] = await once(post, 'response')
    expect(response.statusCode).toBe(403)
    response.resume()
    await counts({ [`http ${reason}`]: 1 })
  })

  test.each([
    ['another path', '/nowhere', {}, 404, {}],
    [
      'a page of somewhere else',
      '/live',
      { origin: 'http://evil.example' },
      403,
      { 'http foreign-origin': 1 },
    ],
  ])('a websocket to %s', async (_, path, headers, status, counted) => {
    const asked = request(`${hub.http}${path}`, {
      headers: {
        ...{ connection: 'upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' },
        ...{ 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==', ...headers },
      },
    })
    asked.end()
    const [response] = await once(asked, 'response')
    expect(response.statusCode).toBe(status)
    response.resume()
    await counts(counted)
  })

  test('bytes that are no HTTP', async () => {
    const { port } = new URL(hub.http)
    const peer = await Peer.connect(Number(port))
    const heard: Buffer[] = []
    peer.socket.removeAllListeners('data').on('data', (chunk: Buffer) => heard.push(chunk))
    peer.send(frameOf({ service: 's' }))
    await once(peer.socket, 'end')
    expect(String(Buffer.concat(heard))).toMatch(/^HTTP\/1\.1 400 /)
  })
})

function attribute(key: string): wire.Attribute.$Properties {
  return { key, value: 'x' }
}
