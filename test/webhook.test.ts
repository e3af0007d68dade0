import { createServer, type IncomingHttpHeaders } from 'node:http'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test } from 'vitest'
import { TestWall } from '../server/src/clock/test-wall.ts'
import { startDelivery } from '../server/src/outputs/delivery.ts'
import { openMemory } from '../server/src/outputs/destination-memory.ts'
import { STATUS_CASES } from '../server/src/outputs/http-status.cases.ts'
import type { Destination, Notification } from '../server/src/outputs/notification.ts'
import { openOutbox } from '../server/src/outputs/outbox.ts'
import { type WebhookOptions, webhook } from '../server/src/outputs/webhook.ts'
import { pageText } from './docs/pages.ts'
import { treeOf } from './docs/tree.ts'
import { eventually } from './real/processes.ts'

/** The receiver's check, as docs/destinations.md has it. */
const { isFromWeir } = await import(`${await treeOf('docs/destinations.md')}/receiver.ts`)

const SECRET = 'whsec-1'
const MIN = 60_000_000
const NOW = Date.UTC(2026, 10, 22, 3, 9, 11) * 1000

const notification: Notification = {
  id: '1795316951000000-7-0-1',
  destination: 'pager',
  rule: 'disk full',
  runbook: 'docs/runbooks/disk-full.md',
  link: 'https://hub.example/',
  at: NOW,
  items: [
    {
      status: 'changed',
      severity: 'critical',
      previous: 'warning',
      key: ['db-1', 'df-root/percent_bytes-free'],
      host: 'db-1',
      service: 'df-root/percent_bytes-free',
      summary: 'db-1: / has 4.2 % left',
      metric: 4.2,
      unit: '%',
      since: NOW - 10 * MIN,
      at: NOW,
    },
  ],
}

interface Received {
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly verified: boolean
}

/** A receiver that notes what it is sent, and answers with these statuses, 200 afterwards. */
async function receiver(...statuses: number[]) {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString()
    const verified = isFromWeir(SECRET, String(request.headers['weir-signature']), body, NOW / 1_000_000)
    received.push({ headers: request.headers, body, verified })
    response.writeHead(statuses.shift() ?? 200, { 'retry-after': '7' }).end('thank you')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { received, url: `http://127.0.0.1:${port}/hook/s3cr3t?key=k3y` }
}

function only<T>(all: readonly T[]): T {
  const [first, ...others] = all
  if (first === undefined || others.length > 0) throw new Error(`${all.length} where one was expected`)
  return first
}

function deliver(
  destination: Destination,
  options: { fetch?: typeof fetch; now?: number; told?: Notification } = {},
) {
  return destination.deliver(options.told ?? notification, {
    fetch: options.fetch ?? fetch,
    signal: AbortSignal.timeout(10_000),
    now: () => options.now ?? NOW,
    log: () => {},
    memory: openMemory(new DatabaseSync(':memory:'))('pager'),
  })
}

test('is sent what docs/destinations.md shows', async () => {
  const { received, url } = await receiver()
  const pager = webhook({ name: 'pager', url, secret: SECRET, headers: { authorization: 'Bearer t0k3n' } })
  expect(await deliver(pager)).toEqual({ kind: 'sent' })
  const { headers, body, verified } = only(received)
  expect(headers).toMatchObject({
    'content-type': 'application/json',
    'idempotency-key': '1795316951000000-7-0-1',
    authorization: 'Bearer t0k3n',
    'user-agent': 'weir',
    'weir-signature': expect.stringMatching(/^t=1795316951,v1=[0-9a-f]{64}$/),
  })
  expect(verified).toBe(true)
  const [, shown = ''] = pageText('docs/destinations.md').match(/^```json\n([\s\S]*?)^```$/m) ?? []
  expect(JSON.parse(body)).toEqual(JSON.parse(shown))
  expect(pager.preview?.(notification)).toBe(JSON.stringify(JSON.parse(body), undefined, 2))
})

describe('a receiver that checks the signature', () => {
  test.each<[string, WebhookOptions['secret'], number, boolean]>([
    ['takes it', SECRET, NOW, true],
    ['refuses another secret', 'whsec-2', NOW, false],
    ['refuses what is not signed', undefined, NOW, false],
    ['refuses what is old', SECRET, NOW - 6 * MIN, false],
  ])('%s', async (_, secret, now, verified) => {
    const { received, url } = await receiver()
    await deliver(webhook({ url, ...(secret === undefined ? {} : { secret }) }), { now })
    expect(received.map((each) => each.verified)).toEqual([verified])
  })

  test('refuses a body that was changed', async () => {
    const { received, url } = await receiver()
    const items = notification.items.map((item) => ({ ...item, summary: '“ouch” 🔥 \u0000\ud800' }))
    await deliver(webhook({ url, secret: SECRET }), { told: { ...notification, items } })
    const { headers, body } = only(received)
    const signature = String(headers['weir-signature'])
    expect(isFromWeir(SECRET, signature, body, NOW / 1_000_000)).toBe(true)
    expect(isFromWeir(SECRET, signature, body.replace('critical', 'ok'), NOW / 1_000_000)).toBe(false)
  })
})

describe('each answer', () => {
  test.each(STATUS_CASES)('HTTP %i is %s', async (status, kind) => {
    const fetch = async () => new Response([204, 205, 304].includes(status) ? null : 'text', { status })
    expect((await deliver(webhook({ url: 'https://pager.example/' }), { fetch })).kind).toBe(kind)
  })

  test('nobody there: retried, and the address is not told', async () => {
    const pager = webhook({
      url: 'https://pager.example/hook/s3cr3t?key=k3y',
      headers: { authorization: 'Bearer t0k3n' },
    })
    const fetch = async (address: unknown, init?: RequestInit) => {
      const authorization = new Headers(init?.headers).get('authorization')
      throw new TypeError(`cannot reach ${address} (/hook/s3cr3t?key=k3y) as ${authorization}`)
    }
    const delivery = await deliver(pager, { fetch })
    expect(delivery).toEqual({ kind: 'retry', reason: 'cannot reach … (…) as …' })
    expect(pager.describe).toBe('POST to pager.example, not signed')
  })
})

test('from the outbox: in order, each attempt with the same identity, none folded', async () => {
  const { received, url } = await receiver(503, 200, 404)
  const wall = new TestWall(NOW)
  const outbox = openOutbox(new DatabaseSync(':memory:'))
  const ids = Array.from({ length: 30 }, (_, index) => `n-${index}`)
  outbox.add(ids.map((id) => ({ ...notification, id })))
  const delivery = startDelivery({
    outbox,
    destinations: [webhook({ name: 'pager', url, secret: SECRET })],
    wall,
    fetch,
    random: () => 0,
    log: { info: () => {}, warn: () => {}, error: () => {} },
  })
  await eventually(() => received.length === 1 && delivery.resting, 'the first attempt')
  await wall.advance(7_000)
  await eventually(() => received.length === 3 && delivery.resting, 'the 404')
  await wall.advance(600_000)
  await eventually(() => outbox.counts().sent === 30, 'the others')
  await delivery.stop()
  const seen = received.map(({ headers }) => headers['idempotency-key'])
  expect(seen).toEqual(['n-0', 'n-0', 'n-1', 'n-1', ...ids.slice(2)])
})

describe('the configuration', () => {
  test.each<[Partial<WebhookOptions>, string]>([
    [{ url: 'pager.example' }, "webhook 'pager' url: not an address of https"],
    [{ url: 'ftp://pager.example' }, "webhook 'pager' url: not an address of https"],
    [
      { url: 'https://me:pw@pager.example' },
      "webhook 'pager' url: has a name or password in it; send them in headers: authorization",
    ],
    [{ secret: '' }, "webhook 'pager' secret: is empty; leave it out to send without a signature"],
    [{ headers: { 'x y': '1' } }, "webhook 'pager' headers: has a name or value that HTTP does not allow"],
  ])('%j is refused', (options, message) => {
    expect(() => webhook({ name: 'pager', url: 'https://pager.example', ...options })).toThrow(message)
  })

  test('without an address its messages go to the log', () => {
    expect(webhook({ url: undefined, secret: '' }).describe).toBe(
      'not configured: url is not set; its messages go to the log',
    )
  })
})
