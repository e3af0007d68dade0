import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { setImmediate as turn } from 'node:timers/promises'
import { firstValueFrom, from, take, toArray } from 'rxjs'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Event, makeEvent } from 'weir-protocol'
import { type WebSocket, WebSocketServer } from 'ws'
import { type Client, createClient } from '../client.ts'
import { NOW, VirtualClock } from '../clock.fixture.ts'
import { portOf, raise, until } from '../hub.fixture.ts'
import type { ClientOptions } from '../options.ts'

/** A hub's websockets: what each is told is the test's, or `greet`'s. */
interface Hub {
  readonly http: string
  readonly requests: readonly IncomingMessage[]
  /** The latest. */
  socket(): WebSocket
}

async function startHub(greet: (socket: WebSocket) => void = () => {}, status?: number): Promise<Hub> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const sockets = new WebSocketServer({ noServer: true })
  const requests: IncomingMessage[] = []
  const open: WebSocket[] = []
  server.on('upgrade', (request, stream, head) => {
    requests.push(request)
    stream.on('error', () => {})
    if (status !== undefined) return stream.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`)
    sockets.handleUpgrade(request, stream, head, (socket) => {
      open.push(socket)
      socket.on('error', () => {})
      greet(socket)
    })
  })
  onTestFinished(() => {
    for (const socket of open) socket.terminate()
    server.close()
  })
  return {
    http: `http://127.0.0.1:${portOf(server.address())}`,
    requests,
    socket: () => open.at(-1) ?? raise('nobody has connected'),
  }
}

function client(options: ClientOptions): Client {
  // Events are sent nowhere.
  const made = createClient({ transport: 'udp', random: () => 1, ...options })
  onTestFinished(() => made.close(0))
  return made
}

const frame = (more: object = {}) =>
  JSON.stringify({ host: 'a', service: 's', state: null, time: '2026-11-22T01:20:24.846Z', ...more })

async function first(events: AsyncIterable<Event>, count: number): Promise<Event[]> {
  const got: Event[] = []
  for await (const event of events) {
    got.push(event)
    if (got.length === count) break
  }
  return got
}

describe('a loop', () => {
  test('gets each event, and asks with query and token', async () => {
    const hub = await startHub((socket) => {
      socket.send(frame({ metric: 1.5, ttl: 30, tags: ['t'], rack: 'r1', deep: { x: 1 }, state: 'ok' }))
      socket.send('{}')
    })
    const { http } = hub
    const clock = new VirtualClock()
    expect(await first(client({ http, clock, token: 'secret' }).subscribe('host = "a&b"'), 2)).toEqual([
      makeEvent({
        ...{ host: 'a', service: 's', state: 'ok', metric: 1.5, ttl: 30, tags: ['t'] },
        time: Date.UTC(2026, 10, 22, 1, 20, 24, 846) * 1000,
        attributes: { rack: 'r1', deep: '{"x":1}' },
      }),
      makeEvent({ time: NOW }),
    ])
    const [request] = hub.requests
    expect(request?.url).toBe('/index?subscribe=true&query=host%20%3D%20%22a%26b%22')
    expect(request?.headers.authorization).toBe('Bearer secret')
    await until(() => hub.socket().readyState === hub.socket().CLOSED)
  })

  test('listens to a topic', async () => {
    const hub = await startHub((socket) => socket.send(frame()))
    await first(client({ http: `${hub.http}/` }).subscribe('true', { topic: 'slow requests' }), 1)
    expect(hub.requests[0]?.url).toBe('/pubsub/slow%20requests?subscribe=true&query=true')
  })

  test('passes over a frame that is no event, and tells of it', async () => {
    const problems: string[] = []
    const hub = await startHub((socket) => {
      for (const bad of ['not JSON', '[]', 'null', '7']) socket.send(bad)
      socket.send(frame({ host: 7, metric: 'NaN', tags: 'x', time: 'never' }))
    })
    const options = {
      http: hub.http,
      clock: new VirtualClock(),
      onProblem: (e: Error) => problems.push(e.message),
    }
    expect(await first(client(options).subscribe(), 1)).toEqual([makeEvent({ service: 's', time: NOW })])
    expect(problems).toEqual([expect.stringContaining('sent what is no event')])
  })

  test('that is slow lets the hub wait, and gets everything that was sent', async () => {
    const hub = await startHub((socket) => {
      for (let metric = 0; metric < 5000; metric++)
        socket.send(frame({ metric, description: 'x'.repeat(200) }))
    })
    let seen = 0
    for await (const { metric } of client({ http: hub.http }).subscribe()) {
      expect(metric).toBe(seen++)
      if (seen % 100 === 0) await turn()
      if (seen === 5000) break
    }
  })

  test('goes on after a lost connection', async () => {
    const hub = await startHub((socket) => socket.send(frame({ metric: hub.requests.length })))
    const clock = new VirtualClock()
    let opened = 0
    const events = client({ http: hub.http, clock }).subscribe('true', { onOpen: () => opened++ })
    const got: unknown[] = []
    for await (const { metric } of events) {
      got.push(metric)
      if (got.length === 3) break
      hub.socket().close(1001)
      await until(() => clock.due.some((due) => due <= 1000))
      clock.advance(1000)
    }
    expect([got, opened]).toEqual([[1, 2, 3], 3])
  })

  test('notices a hub that does not answer any more', async () => {
    const hub = await startHub((socket) => socket.send(frame()))
    const clock = new VirtualClock()
    const events = client({ http: hub.http, clock }).subscribe()
    const loop = first(events, 2)
    await until(() => clock.timers > 0 && hub.requests.length === 1)
    hub.socket().pause()
    while (hub.requests.length < 2) {
      clock.advance(1000)
      await turn()
    }
    expect(await loop).toHaveLength(2)
  })
})

describe('what the hub refuses ends the loop:', () => {
  test.each<[string, (socket: WebSocket) => void, string]>([
    [
      'by Weir',
      (socket) => {
        socket.send('{"error": "no such thing"}')
        socket.close(1008, 'no such')
      },
      'no such thing',
    ],
    ['by Riemann', (socket) => socket.close(1000), 'it ended the subscription; is the query right?'],
  ])('a wrong query, %s', async (_, greet, reason) => {
    const { http } = await startHub(greet)
    await expect(first(client({ http }).subscribe('up down'), 1)).rejects.toMatchObject({
      code: 'refused',
      message: `${http.replace('http', 'ws')}/index?subscribe=true&query=up%20down refused: ${reason}`,
    })
  })

  test.each([
    [403, '403, a token is missing, or this host or origin is not allowed'],
    [404, '404, this is no hub, or one without subscriptions'],
  ])('status %d', async (status, reason) => {
    const { http } = await startHub(() => {}, status)
    await expect(first(client({ http }).subscribe(), 1)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining(`refused: ${reason}`),
    })
  })

  test('but not what passes', async () => {
    const hub = await startHub(() => {}, 503)
    const clock = new VirtualClock()
    const made = client({ http: hub.http, clock })
    const loop = first(made.subscribe(), 1)
    while (hub.requests.length < 3) {
      clock.advance(100)
      await turn()
    }
    await made.close()
    expect(await loop).toEqual([])
  })
})

describe('an observable', () => {
  test('is what RxJS takes', async () => {
    const hub = await startHub((socket) => {
      for (const metric of [1, 2, 3]) socket.send(frame({ metric }))
    })
    const events = from(client({ http: hub.http }).subscribe())
    const got = await firstValueFrom(events.pipe(take(2), toArray()))
    expect(got.map(({ metric }) => metric)).toEqual([1, 2])
    await until(() => hub.socket().readyState === hub.socket().CLOSED)
  })

  test('hears of errors, and of the end', async () => {
    const refusing = await startHub((socket) => socket.close(1008, 'no'))
    const error = new Promise((resolve) =>
      client({ http: refusing.http }).subscribe().subscribe({ error: resolve }),
    )
    expect(await error).toMatchObject({ code: 'refused' })
    const { http } = await startHub((socket) => socket.send(frame()))
    const made = client({ http })
    const end = new Promise<void>((resolve) => {
      made.subscribe().subscribe({ next: () => void made.close(), complete: resolve })
    })
    await end
    await new Promise<void>((resolve) => made.subscribe().subscribe({ complete: resolve }))
  })

  test('is told no more after unsubscribe', async () => {
    const hub = await startHub((socket) => {
      for (const metric of [1, 2, 3]) socket.send(frame({ metric }))
    })
    const got: unknown[] = []
    const subscription = client({ http: hub.http })
      .subscribe()
      .subscribe(({ metric }) => {
        got.push(metric)
        subscription.unsubscribe()
      })
    await until(() => got.length > 0 && hub.socket().readyState === hub.socket().CLOSED)
    expect(got).toEqual([1])
  })
})
