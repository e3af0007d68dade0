import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { encodeFrame, encodeMsg } from 'weir-protocol'
import { type Client, connect, createClient } from './client.ts'
import { VirtualClock } from './clock.fixture.ts'
import { accepting, type Hub, NOT_OK, OK, startHub, until, unusedPort, watch } from './hub.fixture.ts'
import type { ClientOptions } from './options.ts'

/** Longer than any time that a test lets pass, so that of the timers only pauses ring. */
const NEVER = 1_000_000_000

/** A client that reconnects, with pauses of just 100, 200, 400 … ms. */
function options(port: number, clock: VirtualClock, more: ClientOptions = {}): ClientOptions {
  return { port, eventHost: 'web-1', clock, timeoutMs: NEVER, random: () => 1, ...more }
}

function closing(client: Client): Client {
  onTestFinished(() => client.close(0))
  return client
}

/** Lets time pass by the client's pauses until the condition holds. */
async function passing(clock: VirtualClock, condition: () => boolean): Promise<void> {
  while (!condition()) {
    clock.advance(100)
    await turn()
  }
}

const servicesOf = (hub: Hub) => hub.events.map(({ service }) => service)

describe('a connection that is lost', () => {
  test('is made again, and what had no answer is sent again, in order', async () => {
    const hub = await startHub()
    const clock = new VirtualClock()
    const client = closing(await connect(options(hub.port, clock)))
    const sends = ['a', 'b', 'c'].map((service) => watch(client.send({ service })))
    for (let n = 0; n < 3; n++) await hub.received()
    hub.answer(OK)
    await until(() => sends[0]?.state === 'ok')
    await hub.stop()
    await until(() => !client.stats.connected)
    sends.push(watch(client.send({ service: 'd' })))
    expect(sends.map(({ state }) => state)).toEqual(['ok', 'waiting', 'waiting', 'waiting'])

    const again = await startHub({ port: hub.port, answer: accepting })
    await passing(clock, () => sends.every(({ state }) => state === 'ok'))
    expect(servicesOf(again)).toEqual(['b', 'c', 'd'])
    expect(client.stats).toMatchObject({ connections: 2, accepted: 4, resent: 2, queued: 0 })
  })

  test('is asked something empty first, so that nothing is sent to a proxy without a hub', async () => {
    const hub = await startHub()
    const clock = new VirtualClock()
    const client = closing(await connect(options(hub.port, clock)))
    const sent = watch(client.send({ service: 'a' }))
    await hub.received()
    hub.hangUp()
    await until(() => !client.stats.connected)
    await passing(clock, () => hub.connections === 2)
    expect(await hub.received()).toMatchObject({ events: [], query: undefined })
    await turn()
    expect(servicesOf(hub)).toEqual(['a'])
    hub.answer(OK)
    expect((await hub.received()).events).toMatchObject([{ service: 'a' }])
    hub.answer(OK)
    await until(() => sent.state === 'ok')
  })

  test('is tried again after pauses that double up to the longest, each with chance', async () => {
    const hub = await startHub({ answer: accepting })
    const clock = new VirtualClock()
    const chances = [1, 0, 1, 0.5, 1, 1]
    const random = () => chances.shift() ?? 1
    const reconnect = { minMs: 100, maxMs: 800 }
    const client = closing(await connect(options(hub.port, clock, { random, reconnect })))
    await hub.stop()
    const pauses: number[] = []
    for (let n = 0; n < 6; n++) {
      await until(() => clock.due.some((due) => due < 10_000))
      const [pause = 0] = clock.due
      pauses.push(pause)
      clock.advance(pause)
    }
    expect(pauses).toEqual([100, 100, 400, 600, 800, 800])
    expect(client.stats.connected).toBe(false)
  })

  test('is noticed when the hub says nothing', async () => {
    const hub = await startHub()
    const clock = new VirtualClock()
    const client = closing(await connect(options(hub.port, clock, { timeoutMs: 250 })))
    const sent = watch(client.send({ service: 'a' }))
    await hub.received()
    clock.advance(250)
    await until(() => !client.stats.connected)
    await passing(clock, () => hub.connections === 2)
    await hub.received()
    hub.answer(OK)
    await hub.received()
    hub.answer(OK)
    await until(() => sent.state === 'ok')
  })

  test('is told of once, and again after it was back', async () => {
    const problems: string[] = []
    const hub = await startHub({ answer: accepting })
    const clock = new VirtualClock()
    const client = closing(
      await connect(options(hub.port, clock, { onProblem: ({ code }) => problems.push(code) })),
    )
    await hub.stop()
    await until(() => !client.stats.connected)
    for (let n = 0; n < 20; n++) {
      clock.advance(10_000)
      await turn()
      await turn()
    }
    const again = await startHub({ port: hub.port, answer: accepting })
    const sent = watch(client.send({}))
    await passing(clock, () => sent.state === 'ok')
    await again.stop()
    await until(() => !client.stats.connected)
    expect(problems).toEqual(['connection-lost', 'connect-failed', 'connection-lost'])
  })
})

test('what the hub refused is not sent again', async () => {
  const hub = await startHub()
  const clock = new VirtualClock()
  const client = closing(await connect(options(hub.port, clock)))
  const refused = watch(client.send({ service: 'refused' }))
  const unrecorded = watch(client.send({ service: 'unrecorded' }))
  await hub.received()
  await hub.received()
  hub.answer(NOT_OK)
  hub.answer(encodeFrame(encodeMsg({ ok: false, error: 'evaluated, not recorded' })))
  await until(() => unrecorded.state !== 'waiting')
  hub.hangUp()
  await until(() => !client.stats.connected)
  await passing(clock, () => hub.connections === 2)
  hub.answer(OK)
  await until(() => client.stats.connected)
  await turn()
  expect([refused.state, unrecorded.state]).toEqual(['refused', 'not-recorded'])
  expect(servicesOf(hub)).toEqual(['refused', 'unrecorded'])
})

describe('createClient', () => {
  test('is there before the hub, and sends when it comes', async () => {
    const port = await unusedPort()
    const clock = new VirtualClock()
    const client = closing(createClient(options(port, clock)))
    const sent = watch(client.send({ service: 'early' }))
    clock.advance(60_000)
    await turn()
    const hub = await startHub({ port, answer: accepting })
    await passing(clock, () => sent.state === 'ok')
    expect(servicesOf(hub)).toEqual(['early'])
  })

  test('gives up what is queued when it is closed', async () => {
    const clock = new VirtualClock()
    const client = createClient(options(await unusedPort(), clock))
    const sent = watch(client.send({}))
    const closed = client.close(1000)
    clock.advance(1000)
    await closed
    await until(() => sent.state !== 'waiting')
    expect(sent.state).toBe('closed')
    await until(() => clock.timers === 0)
  })

  test('has a queue with a limit while the hub is away', async () => {
    const clock = new VirtualClock()
    const client = closing(createClient(options(await unusedPort(), clock, { queue: { events: 10 } })))
    for (let metric = 0; metric < 25; metric++) client.send({ metric })
    expect(client.stats).toMatchObject({ queued: 10, dropped: 15 })
  })
})

describe('flush', () => {
  test('waits for what was handed in before, and for how long', async () => {
    const hub = await startHub()
    const clock = new VirtualClock()
    const client = closing(await connect(options(hub.port, clock)))
    client.send({})
    await hub.received()
    const inTime = client.flush(1000)
    const late = client.flush(10)
    clock.advance(10)
    expect(await late).toBe(false)
    hub.answer(OK)
    expect(await inTime).toBe(true)
    expect(await client.flush()).toBe(true)
  })
})
