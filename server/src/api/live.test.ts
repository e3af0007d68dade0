import { once } from 'node:events'
import { createServer, get } from 'node:http'
import { describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { rule } from '../rules/rule.ts'
import { alert } from '../streams/alert.ts'
import { by } from '../streams/by.ts'
import { index } from '../streams/index-events.ts'
import { severity } from '../streams/severity.ts'
import { below } from '../streams/threshold.ts'
import { ALERT_LIMIT, type Changes, type Frame, type Snapshot } from './frames.ts'
import { HubFixture } from './hub.fixture.ts'
import { BEHIND_BYTES, CHANGES_LIMIT, Live, SUBSCRIBER_LIMIT } from './live.ts'
import { routeUpgrades } from './upgrades.ts'

const rules = [
  rule('index', { stream: index() }),
  rule('disk full', {
    match: { service: 'disk' },
    stream: by(
      'host',
      severity({ critical: below(5), warning: below(10) }),
      alert({ summary: 'disk is full', notify: [] }),
    ),
  }),
]

/** A hub with its page socket on a free port. */
class Rig extends HubFixture {
  readonly live = new Live(this)
  readonly server = createServer()
  allowed = true

  static async start(): Promise<Rig> {
    const rig = new Rig({ rules })
    routeUpgrades(
      rig.server,
      () => rig.allowed,
      (path) => (path === '/live' ? rig.live.upgrade : undefined),
    )
    rig.server.listen(0, '127.0.0.1')
    await once(rig.server, 'listening')
    onTestFinished(async () => {
      rig.live.close()
      await rig.wall.advance(1_000)
      rig.server.close()
    })
    return rig
  }

  get port(): number {
    const address = this.server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  /** A page; with its snapshot. */
  async page(): Promise<Page> {
    const page = await this.newcomer()
    await this.frame()
    await expect.poll(() => page.frames.length).toBe(1)
    return page
  }

  /** A page that has connected, before its snapshot. */
  async newcomer(): Promise<Page> {
    const socket = new WebSocket(`ws://127.0.0.1:${this.port}/live`)
    const page = new Page(socket)
    await once(socket, 'open')
    return page
  }

  /** Lets the time of so many frames pass. */
  async frame(count = 1): Promise<void> {
    await this.pass(100 * count)
  }
}

class Page {
  readonly socket: WebSocket
  readonly frames: Frame[] = []

  constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data) => this.frames.push(JSON.parse(String(data))))
    socket.on('error', () => {})
  }

  get snapshots(): Snapshot[] {
    return this.frames.filter((frame) => frame.type === 'snapshot')
  }

  get changes(): Changes[] {
    return this.frames.filter((frame) => frame.type === 'changes')
  }

  /** What the page shows of each host and service, after all frames so far. */
  get table(): Record<string, string | number | null> {
    const table: Record<string, string | number | null> = {}
    for (const frame of this.frames) {
      if (frame.type === 'snapshot') for (const key of Object.keys(table)) delete table[key]
      for (const { host, service, shown, metric } of frame.rows ?? [])
        table[`${host} ${service}`] = shown ?? metric
      if (frame.type === 'changes')
        for (const [host, service] of frame.gone ?? []) delete table[`${host} ${service}`]
    }
    return table
  }

  get alerts(): string[] {
    const last = this.frames.findLast(({ alerts }) => alerts !== undefined)
    return last?.alerts?.map(({ rule, key, severity }) => `${rule} ${key} ${severity}`) ?? []
  }
}

test('a page gets a snapshot, then what changed, then nothing while nothing changes', async () => {
  const rig = await Rig.start()
  rig.send([
    { host: 'db-1', service: 'cpu', metric: 1 },
    { host: 'db-2', service: 'cpu', metric: 2 },
  ])
  const page = await rig.page()
  expect(page.snapshots[0]).toMatchObject({
    type: 'snapshot',
    now: rig.wall.now() / 1000,
    hub: { indexed: 2 },
  })
  expect(page.table).toEqual({ 'db-1 cpu': 1, 'db-2 cpu': 2 })

  rig.send([{ host: 'db-1', service: 'cpu', metric: 3 }])
  rig.send([{ host: 'db-1', service: 'cpu', metric: 4 }])
  await rig.frame()
  await expect.poll(() => page.table).toEqual({ 'db-1 cpu': 4, 'db-2 cpu': 2 })
  expect(page.changes.flatMap(({ rows }) => rows)).toHaveLength(1)

  await rig.frame(20)
  await expect.poll(() => page.changes.filter(({ hub }) => hub !== undefined).length).toBe(2)
  expect(page.changes.filter(({ rows, gone, alerts }) => rows ?? gone ?? alerts)).toHaveLength(1)
})

test('a row that is gone goes, one that has returned within a frame stays', async () => {
  const rig = await Rig.start()
  rig.send([
    { host: 'a', service: 's', metric: 1 },
    { host: 'b', service: 's', metric: 1 },
    { service: 's', metric: 1 },
  ])
  const page = await rig.page()
  rig.send([
    { host: 'a', service: 's', state: 'expired' },
    { host: 'b', service: 's', state: 'expired' },
    { service: 's', state: 'expired' },
    { host: 'b', service: 's', metric: 2 },
    { host: 'never shown', service: 's', metric: 2 },
    { host: 'never shown', service: 's', state: 'expired' },
  ])
  await rig.frame()
  await expect.poll(() => page.table).toEqual({ 'b s': 2 })
  expect(page.changes[0]?.gone).toContainEqual([null, 's'])
})

test('a row whose ttl has passed goes', async () => {
  const rig = await Rig.start()
  rig.send([{ host: 'a', service: 's', metric: 1, ttl: 3 }])
  const page = await rig.page()
  await rig.frame(28)
  expect(page.table).toEqual({ 'a s': 1 })
  await rig.frame(3)
  await expect.poll(() => page.table).toEqual({})
})

test('a row shows the worst open alert of its host and service, and its own state again when that is over', async () => {
  const rig = await Rig.start()
  rig.send([{ host: 'db-1', service: 'disk', metric: 60, state: 'ok' }])
  const page = await rig.page()
  expect(page.table).toEqual({ 'db-1 disk': 'ok' })
  for (const [metric, shown, alerts] of [
    [7, 'warning', ['disk full db-1 warning']],
    [3, 'critical', ['disk full db-1 critical']],
    [60, 'ok', []],
  ] as const) {
    rig.send([{ host: 'db-1', service: 'disk', metric, state: 'ok' }])
    await rig.frame()
    await expect.poll(() => [page.table, page.alerts]).toEqual([{ 'db-1 disk': shown }, alerts])
  }
})

test('of very many alerts the worst are sent, and how many there are; each row shows its own', async () => {
  const rig = await Rig.start()
  const disks = (count: number, metric: number) =>
    Array.from({ length: count }, (_, n) => ({ host: `${metric}-${n}`, service: 'disk', metric }))
  rig.send(disks(ALERT_LIMIT, 7))
  rig.send(disks(20, 3))
  await rig.frame()
  const page = await rig.page()
  const [snapshot] = page.snapshots
  expect([snapshot?.hub.open, snapshot?.alerts.length]).toEqual([ALERT_LIMIT + 20, ALERT_LIMIT])
  expect(page.alerts.filter((text) => text.endsWith('critical'))).toHaveLength(20)

  // Only the row of the alert that is over is sent again.
  rig.send([{ host: '3-7', service: 'disk', metric: 60, state: 'ok' }])
  await rig.frame()
  await expect.poll(() => page.alerts.filter((text) => text.endsWith('critical'))).toHaveLength(19)
  expect(page.changes.flatMap(({ rows }) => rows ?? []).map(({ host, shown }) => [host, shown])).toEqual([
    ['3-7', 'ok'],
  ])
})

test('many changes go in several frames, none is lost', async () => {
  const rig = await Rig.start()
  const page = await rig.page()
  rig.send(Array.from({ length: 5_000 }, (_, n) => ({ host: `h${n}`, service: 's', metric: n })))
  await rig.frame(3)
  await expect.poll(() => Object.keys(page.table).length).toBe(5_000)
  expect(Math.max(...page.changes.map(({ rows }) => rows?.length ?? 0))).toBe(2_000)
})

test('when more has changed than can wait, pages get a new snapshot', async () => {
  const rig = await Rig.start()
  const page = await rig.page()
  // Keys that come and go: each is an entry of its own.
  for (let n = 0; n <= CHANGES_LIMIT; n += 1_000) {
    const hosts = Array.from({ length: 1_000 }, (_, i) => `h${n + i}`)
    rig.send(hosts.map((host) => ({ host, service: 's' })))
    rig.send(hosts.map((host) => ({ host, service: 's', state: 'expired' })))
  }
  rig.send([{ host: 'last', service: 's', metric: 1 }])
  expect(rig.live.counters.resyncs).toBe(1)
  await rig.frame(10)
  await expect.poll(() => page.snapshots.length).toBe(2)
  expect(page.table).toEqual({ 'last s': 1 })
})

test('a page that does not read is skipped, does not hold up another, and gets a snapshot once it reads', async () => {
  const rig = await Rig.start()
  const slow = await rig.page()
  const quick = await rig.page()
  slow.socket.pause()
  const description = 'x'.repeat(100_000)
  let sent = 0
  while (rig.live.counters.skipped === 0) {
    sent += 1
    rig.send(
      Array.from({ length: 10 }, (_, n) => ({ host: `h${n}`, service: 's', metric: sent, description })),
    )
    await rig.frame()
    await expect.poll(() => quick.table['h9 s']).toBe(sent)
    expect(sent * 1_000_000).toBeLessThan(BEHIND_BYTES * 20)
  }
  rig.send([{ host: 'h0', service: 's', state: 'expired' }])
  await rig.frame(30)
  expect(slow.snapshots).toHaveLength(1)
  slow.socket.resume()
  await expect
    .poll(async () => {
      await rig.frame()
      return slow.snapshots.length
    })
    .toBe(2)
  expect(slow.table).toEqual(quick.table)
  expect(quick.snapshots).toHaveLength(1)
})

test('a page that does not answer pings is dropped', async () => {
  const rig = await Rig.start()
  const alive = await rig.page()
  const dead = await rig.page()
  dead.socket.pause()
  let pings = 0
  alive.socket.on('ping', () => pings++)
  await rig.frame(300)
  await expect.poll(() => pings).toBe(1)
  await rig.frame(301)
  await expect.poll(() => [rig.live.subscribers, rig.live.counters.dropped]).toEqual([1, 1])
  expect(alive.socket.readyState).toBe(WebSocket.OPEN)
})

describe('what is refused:', () => {
  const refused = (rig: Rig, path: string): Promise<string> =>
    new Promise((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${rig.port}${path}`)
      socket.on('error', () => {})
      socket.on('unexpected-response', (request, response) => {
        response.setEncoding('utf8').on('data', (text) => {
          resolve(`${response.statusCode} ${text.trim()}`)
          request.destroy()
        })
      })
    })

  test('another path', async () => {
    const rig = await Rig.start()
    expect(await refused(rig, '/nowhere')).toBe(
      '404 no websocket here; there are /index, /pubsub/TOPIC, /events, and /live for the page',
    )
  })

  test('whoever may not ask', async () => {
    const rig = await Rig.start()
    rig.allowed = false
    expect(await refused(rig, '/live')).toMatch(/^403 /)
    expect(rig.live.subscribers).toBe(0)
  })

  test('pages beyond the limit, counted', async () => {
    const rig = await Rig.start()
    for (let n = 0; n < SUBSCRIBER_LIMIT; n++) await rig.newcomer()
    expect(await refused(rig, '/live')).toBe(`503 more than ${SUBSCRIBER_LIMIT} pages are watching`)
    expect([rig.live.subscribers, rig.live.counters.refused]).toEqual([SUBSCRIBER_LIMIT, 1])
  })

  test('a page that sends too much is closed, and the others are not', async () => {
    const rig = await Rig.start()
    const chatty = await rig.page()
    const quiet = await rig.page()
    chatty.socket.send('x'.repeat(2_000))
    const [code] = await once(chatty.socket, 'close')
    expect(code).toBe(1009)
    expect(quiet.socket.readyState).toBe(WebSocket.OPEN)
  })

  test('bytes that are no handshake', async () => {
    const rig = await Rig.start()
    const headers = { connection: 'upgrade', upgrade: 'websocket', 'sec-websocket-key': 'short' }
    const asked = get({ port: rig.port, host: '127.0.0.1', path: '/live', headers })
    const [response] = await once(asked, 'response')
    expect(response.statusCode).toBe(400)
    response.resume()
  })
})

test('a stop tells the pages, and does not wait for one that does not listen', async () => {
  const rig = await Rig.start()
  const listens = await rig.page()
  const deaf = await rig.page()
  deaf.socket.pause()
  const closed = once(rig.server, 'close')
  rig.server.close()
  rig.live.close()
  const [code, reason] = await once(listens.socket, 'close')
  expect([code, String(reason)]).toEqual([1001, 'the hub is stopping'])
  await rig.wall.advance(1_000)
  await closed
})
