import { writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect as connectTcp } from 'node:net'
import { join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type Client, connect } from 'weir-client'
import { startHub, type TestHub } from '../hub.ts'
import { metricsOf, rejectedBy } from '../metrics.ts'
import { eventually, scratch } from '../real/processes.ts'
import { Subscriber } from '../subscriber.ts'

const CONFIG = `
import { config, index, publish, rule } from 'weir-hub'

export default config({
  name: 'hub-1',
  listen: { riemann: '127.0.0.1:0', http: '127.0.0.1:0' },
  rules: [
    rule('index', { stream: index() }),
    rule('news', { match: { tagged: 'news' }, stream: publish('the news') }),
  ],
})
`
/** A close frame with the code 1009, as Latin-1. */
const TOO_LARGE = '\x88\x02\x03\xf1'
const Q = (query: string) => `query=${encodeURIComponent(query)}`

let dir: string
let hub: TestHub
let client: Client
beforeAll(async () => {
  dir = await scratch()
  hub = await startHub({ dir, config: CONFIG })
  client = await connect({ port: hub.port })
  return () => client.close()
})

describe('a websocket on /index', () => {
  test('gets what there is that matches, and is closed with 1000', async () => {
    await client.send([
      {
        host: 'snap',
        service: 'a',
        state: 'ok',
        metric: 1,
        tags: ['x'],
        attributes: { rack: 'r1' },
        ttl: 30,
      },
      { host: 'snap', service: 'b', state: 'critical' },
      { host: 'other', service: 'a', state: 'ok' },
    ])
    const reader = new Subscriber(hub, `/index?${Q('host = "snap" and state = "ok"')}`)
    expect(await reader.isClosed()).toBe('1000')
    expect(reader.got).toEqual([
      {
        ...{ host: 'snap', service: 'a', state: 'ok', metric: 1, tags: ['x'], rack: 'r1', ttl: 30 },
        description: null,
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      },
    ])
  })

  test('with subscribe=true goes on, and hears of the end of what it was told', async () => {
    await client.send({ host: 'on', service: 'a', state: 'ok', metric: 0 })
    const reader = new Subscriber(hub, `/index/?subscribe=true&${Q('host =~ "on%" and state = "ok"')}`)
    expect(await reader.has(1)).toEqual(['on a ok 0'])
    await client.send([
      { host: 'on', service: 'a', state: 'ok', metric: 1 },
      { host: 'on', service: 'b', state: 'critical', metric: 2 },
      { host: 'off', service: 'a', state: 'ok' },
      { host: 'on', service: 'c', state: 'ok', metric: 3, ttl: 0.2 },
    ])
    expect(await reader.has(4)).toEqual(['on a ok 0', 'on a ok 1', 'on c ok 3', 'on c expired'])
    expect(reader.closed).toBeUndefined()
  })

  test('with left=true hears that what it was told of does not match any more', async () => {
    const query = Q('host = "left" and state = "ok"')
    const reader = await new Subscriber(hub, `/index?subscribe=true&left=true&${query}`).isOpen()
    await client.send(
      ['ok', 'critical', 'critical', 'ok'].map((state) => ({ host: 'left', service: 'a', state })),
    )
    expect(await reader.has(3)).toEqual(['left a ok', 'left a critical', 'left a ok'])
    expect(reader.got.map((event) => event.left)).toEqual([undefined, true, undefined])
  })

  test('goes on when rules are reloaded', async () => {
    const reader = await new Subscriber(hub, `/index?subscribe=true&${Q('host = "reloaded"')}`).isOpen()
    const news = await new Subscriber(hub, '/pubsub/the%20news').isOpen()
    writeFileSync(join(dir, 'weir.config.ts'), CONFIG.replace("rule('index',", "rule('index of all',"))
    hub.process.signal('SIGHUP')
    await hub.process.printed(/reload: .*index of all/)
    await client.send({ host: 'reloaded', service: 'a', tags: ['news'] })
    expect(await reader.has(1)).toEqual(['reloaded a'])
    expect(await news.has(1)).toEqual(['reloaded a'])
  })

  test.each([
    [`/index?${Q('state =')}`, /column 8/],
    [`/index?subscribe=true&${Q('up down left')}`, /'and', 'or'/],
    [`/pubsub/index?${Q('state ~= "("')}`, /column/],
    [`/index?${Q('true limit 3')}`, /limit/],
    ['/index?qeury=true', /there is no parameter 'qeury'/],
    ['/pubsub/%FF', /can't be decoded/],
    [`/index?${Q(`${'('.repeat(5_000)}true`)}`, /deep|500/],
  ])('that asks for %.40s is told what is wrong, and closed with 1008', async (path, problem) => {
    const reader = new Subscriber(hub, path)
    expect(await reader.isClosed()).toMatch(/^1008 ./)
    expect(reader.got).toEqual([{ error: expect.stringMatching(problem) }])
  })
})

test('a topic has what rules publish to it; index is that of the index, from now on', async () => {
  const news = await new Subscriber(hub, `/pubsub/the%20news?${Q('metric > 1')}`).isOpen()
  const index = await new Subscriber(hub, `/pubsub/index/?${Q('host = "topic"')}`).isOpen()
  const nothing = await new Subscriber(hub, '/pubsub/nobody').isOpen()
  await client.send([
    { host: 'topic', service: 'a', metric: 1, tags: ['news'] },
    { host: 'topic', service: 'b', metric: 2, tags: ['news'] },
    { host: 'topic', service: 'c', metric: 3 },
  ])
  expect(await news.has(1)).toEqual(['topic b 2'])
  expect(await index.has(3)).toEqual(['topic a 1', 'topic b 2', 'topic c 3'])
  expect(nothing.got).toEqual([])
})

describe('server-sent events', () => {
  /** A reader of `path`: its answer's head, and what came so far. */
  async function listen(path: string) {
    const response = await fetch(`${hub.http}${path}`, { signal: AbortSignal.timeout(60_000) })
    const reader = { response, text: '', ended: false }
    const read = async () => {
      for await (const chunk of response.body ?? []) reader.text += Buffer.from(chunk).toString()
      reader.ended = true
    }
    void read().catch(() => {})
    onTestFinished(() => response.body?.cancel().catch(() => {}))
    return reader
  }

  test('are the events of /index, and go on', async () => {
    await client.send({ host: 'sse', service: 'a' })
    const reader = await listen(`/index?${Q('host = "sse"')}`)
    expect([reader.response.status, reader.response.headers.get('content-type')]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
    ])
    expect(reader.response.headers.get('x-content-type-options')).toBe('nosniff')
    await eventually(() => reader.text.includes('"a"'), 'the first event')
    await client.send({ host: 'sse', service: 'b' })
    await eventually(() => reader.text.includes('"b"'), 'the second event')
    expect(reader.text).toMatch(
      /^data: \{"host":"sse","service":"a".*\}\n\ndata: \{"host":"sse","service":"b".*\}\n\n$/,
    )
  })

  test('end with subscribe=false', async () => {
    const reader = await listen(`/index?subscribe=false&${Q('host = "sse"')}`)
    await eventually(() => reader.ended, 'its end')
    expect(reader.text.match(/^data: /gm)).toHaveLength(2)
  })

  test('of a topic', async () => {
    const reader = await listen('/pubsub/the%20news')
    await client.send({ host: 'sse', service: 'c', tags: ['news'] })
    await eventually(() => reader.text.includes('"c"'), 'the event')
  })

  test.each([[`/index?${Q('state =')}`], ['/pubsub/x?limit=3']])('%s is answered with 400', async (path) => {
    const response = await fetch(`${hub.http}${path}`)
    expect([response.status, await response.json()]).toEqual([400, { error: expect.stringMatching(/./) }])
  })
})

describe('a websocket on /events', () => {
  test('takes events, and answers each in order', async () => {
    const sender = await new Subscriber(hub, '/events').isOpen()
    const before = (await rejectedBy(hub))['http bad-json'] ?? 0
    for (const message of [
      '{"host":"ws","service":"a","metric":1,"time":"2026-11-22T01:20:24Z","rack":"r1"}',
      '{not json',
      '{"host":"ws","service":"b","metric":"much"}',
      '7',
      '[{"host":"ws","service":"c"},{"host":"ws","service":"d"}]',
    ])
      sender.socket.send(message)
    await sender.has(5)
    expect(sender.got).toEqual([
      {},
      { error: expect.stringContaining('not JSON') },
      { error: expect.stringContaining('metric') },
      { error: expect.stringContaining('a number') },
      {},
    ])
    const reader = new Subscriber(hub, `/index?${Q('host = "ws"')}`)
    await reader.isClosed()
    expect(reader.lines.toSorted()).toEqual(['ws a 1', 'ws c', 'ws d'])
    expect((await rejectedBy(hub))['http bad-json']).toBe(before + 2)
  })

  test('that sends much at once is answered all of it', async () => {
    const sender = await new Subscriber(hub, '/events').isOpen()
    const events = Array.from({ length: 2_000 }, (_, n) => ({
      host: 'many',
      service: `s${n}`,
      description: 'x'.repeat(500),
    }))
    for (const event of events) sender.socket.send(JSON.stringify(event))
    await sender.has(2_000)
    expect(sender.got.every((answer) => Object.keys(answer).length === 0)).toBe(true)
    const reader = new Subscriber(hub, `/index?${Q('host = "many"')}`)
    await reader.isClosed()
    expect(reader.got).toHaveLength(2_000)
  })
})

describe('what nobody should send', () => {
  /** A websocket spoken by hand: a frame that says it has a gigabyte, and some of it. */
  async function gigabyte(path: string): Promise<string> {
    const { hostname, port } = new URL(hub.http)
    const socket = connectTcp(Number(port), hostname)
    onTestFinished(() => void socket.destroy())
    let answer = ''
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1')
    })
    const head = [
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ]
    socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${head.join('\r\n')}\r\n\r\n`)
    await eventually(() => answer.includes('\r\n\r\n'), 'the handshake')
    const frame = Buffer.alloc(14)
    frame.set([0x81, 0xff])
    frame.writeBigUInt64BE(1_000_000_000n, 2)
    socket.write(frame)
    await eventually(() => socket.closed || socket.readableEnded || answer.includes(TOO_LARGE), 'the close')
    return answer.slice(answer.indexOf('\r\n\r\n') + 4)
  }

  test.each(['/index?subscribe=true', '/events', '/live'])(
    'a frame of 1 GB to %s: closed with 1009',
    async (path) => {
      const before = (await rejectedBy(hub))['http message-too-large'] ?? 0
      expect(await gigabyte(path)).toContain(TOO_LARGE)
      await eventually(
        async () => (await rejectedBy(hub))['http message-too-large'] === before + 1,
        'a count',
      )
    },
  )

  test.each([20_000, 1_000_000])('a query of %s characters in the address: 431, counted', async (length) => {
    const before = (await rejectedBy(hub))['http head-too-large'] ?? 0
    const answered = await new Promise<unknown>((resolve) => {
      const asked = request(`${hub.http}/index?query=${'x'.repeat(length)}`, (response) => {
        response.setEncoding('utf8').on('data', (text) => resolve([response.statusCode, JSON.parse(text)]))
      })
      // The connection may be closed while the rest is on its way.
      asked.on('error', () => resolve('closed')).end()
    })
    const told = [431, { error: expect.stringContaining('16 KiB') }]
    if (length < 100_000 || answered !== 'closed') expect(answered).toEqual(told)
    expect((await rejectedBy(hub))['http head-too-large']).toBeGreaterThan(before)
  })

  test('a page of another origin: 403', async () => {
    const reader = new Subscriber(hub, '/index?subscribe=true', {
      headers: { origin: 'http://evil.example' },
    })
    expect(await reader.isClosed()).toMatch(/^403 /)
  })
})

test('a subscriber that does not read is told the latest of each service when it does, and holds nobody up', {
  timeout: 120_000,
}, async () => {
  const [slow, quick] = await Promise.all(
    [1, 2].map(() => new Subscriber(hub, `/index?subscribe=true&${Q('host = "slow"')}`).isOpen()),
  )
  slow?.socket.pause()
  // More than the hub keeps for one, and the system for the connection.
  const description = 'x'.repeat(50_000)
  for (let metric = 1; metric <= 1_000; metric++) {
    await client.send({ host: 'slow', service: `s${metric % 10}`, metric, description })
    if (metric % 50 === 0) await quick?.has(metric)
  }
  expect(quick?.got).toHaveLength(1_000)
  const conflated = 'weir_subscription_trouble_total{what="conflated"}'
  expect((await metricsOf(hub)).get(conflated)).toBeGreaterThan(0)
  slow?.socket.resume()
  await eventually(() => slow?.lines.includes('slow s0 1000'), 'the latest')
  await eventually(() => slow?.lines.includes('slow s9 999'), 'the latest of another')
  expect(slow?.got.length).toBeLessThan(1_000)
})

test('what is open, was sent and refused is on /metrics; a stop tells subscribers', async () => {
  const reader = await new Subscriber(hub, `/index?subscribe=true&${Q('host = "last"')}`).isOpen()
  const shown = await metricsOf(hub)
  expect(shown.get('weir_subscriptions')).toBeGreaterThanOrEqual(1)
  expect(shown.get('weir_subscription_events_total')).toBeGreaterThan(2_000)
  expect((await rejectedBy(hub))['http bad-subscription']).toBeGreaterThan(5)
  await hub.process.stop()
  expect(await reader.isClosed()).toBe('1001 the hub is stopping')
})
