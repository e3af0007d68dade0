import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { decodeMsg, encodeFrame, encodeMsg, MAX_DATAGRAM, makeEvent } from 'weir-protocol'
import { type Client, connect } from './client.ts'
import { NOW, VirtualClock } from './clock.fixture.ts'
import type { ClientError } from './errors.ts'
import { type Hub, NOT_OK, OK, startHub, until, unusedPort, watch } from './hub.fixture.ts'
import type { ClientOptions } from './options.ts'
import { MAX_OUTSTANDING } from './stream-connection.ts'

/** A client whose lost connection stays lost. */
async function connected(hub: Hub, options: ClientOptions = {}): Promise<Client> {
  const how = { port: hub.port, eventHost: 'web-1', clock: new VirtualClock(), reconnect: false }
  const client = await connect({ ...how, ...options })
  onTestFinished(() => {
    hub.hangUp()
    return client.close()
  })
  return client
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

  test('rejects when the hub says nothing for so long, and takes the connection for lost', async () => {
    const hub = await startHub()
    const clock = new VirtualClock()
    const client = await connected(hub, { clock, timeoutMs: 250 })
    const first = watch(client.send({ service: 'first' }))
    await hub.received()
    clock.advance(249)
    await turn()
    expect(first.state).toBe('waiting')
    clock.advance(1)
    await until(() => first.state !== 'waiting')
    expect(first).toEqual({ state: 'timeout', message: `127.0.0.1:${hub.port}: no answer within 250 ms` })
    expect(clock.timers).toBe(0)
  })

  test('waits on while the hub answers others, however slowly', async () => {
    const hub = await startHub()
    const clock = new VirtualClock()
    const client = await connected(hub, { clock, timeoutMs: 250 })
    const sends = [1, 2, 3].map((metric) => watch(client.send({ metric })))
    for (const sent of sends) {
      await hub.received()
      clock.advance(200)
      hub.answer(OK)
      await until(() => sent.state !== 'waiting')
    }
    expect(sends.map(({ state }) => state)).toEqual(['ok', 'ok', 'ok'])
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

  test('has so many messages outstanding at most; the others wait for their turn', async () => {
    const hub = await startHub()
    const client = await connected(hub)
    const sends = Array.from({ length: MAX_OUTSTANDING + 1 }, () => client.send({ service: 's' }))
    for (let n = 0; n < MAX_OUTSTANDING; n++) await hub.received()
    await turn()
    expect(hub.events).toHaveLength(MAX_OUTSTANDING)
    hub.answer(OK)
    await hub.received()
    hub.answer(Buffer.concat(Array.from({ length: MAX_OUTSTANDING }, () => OK)))
    await Promise.all(sends)
    expect(client.stats).toMatchObject({ accepted: MAX_OUTSTANDING + 1, queued: 0, queuedBytes: 0 })
  })

  test('may be ignored: a rejection ends no process', async () => {
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    onTestFinished(() => void process.off('unhandledRejection', unhandled))
    const hub = await startHub({ answer: () => NOT_OK })
    const problems: ClientError[] = []
    const client = await connected(hub, { onProblem: (error) => problems.push(error) })
    client.send({})
    client.send(JSON.parse('{"metric":"much"}'))
    client.send(JSON.parse('null'))
    await client.flush()
    await client.close()
    client.send({})
    await turn()
    expect(unhandled).not.toHaveBeenCalled()
    expect(client.stats).toMatchObject({ accepted: 0, refused: 1, failed: 3 })
    expect(problems.map(({ code }) => code)).toEqual(['invalid-event', 'refused', 'closed'])
  })

  test('tells what a hub with a full disk has not recorded from what it refused', async () => {
    const hub = await startHub({
      answer: () => encodeFrame(encodeMsg({ ok: false, error: 'evaluated, not recorded' })),
    })
    const client = await connected(hub)
    await expect(client.send({})).rejects.toMatchObject({ code: 'not-recorded' })
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
      code: 'invalid-option',
      message: expect.stringContaining('is not an integer from 1 to 65535'),
    })
  })

  test('rejects when no connection comes in time', async () => {
    const hub = await startHub()
    const clock = new VirtualClock()
    const connecting = connect({ port: hub.port, timeoutMs: 70, clock })
    clock.advance(70)
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
    const clock = new VirtualClock()
    const client = await connected(hub, { clock })
    const sent = watch(client.send({}))
    await hub.received()
    const closed = client.close()
    clock.advance(5000)
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
    onTestFinished(() => void child.kill())
    const output: string[] = []
    child.stdout.on('data', (text) => output.push(String(text)))
    child.stderr.on('data', (text) => output.push(String(text)))
    await hub.received()
    hub.answer(OK)
    expect([await once(child, 'close'), output.join('')]).toEqual([[0, null], 'answered\n'])
  })

  test('ends though the hub is away, and instruments go on', async () => {
    const file = (name: string) => JSON.stringify(join(import.meta.dirname, name))
    const script = `
      import { createClient } from ${file('index.ts')}
      import { heartbeat } from ${file('instruments/heartbeat.ts')}
      import { createMeters } from ${file('instruments/meters.ts')}
      import { measureProcess } from ${file('instruments/process.ts')}
      const client = createClient({ port: ${await unusedPort()} })
      client.send({ service: 'nobody hears it' })
      heartbeat(client)
      measureProcess(createMeters(client))
      console.log('done')`
    const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', script])
    onTestFinished(() => void child.kill())
    const output: string[] = []
    child.stdout.on('data', (text) => output.push(String(text)))
    child.stderr.on('data', (text) => output.push(String(text)))
    expect([await once(child, 'close'), output.join('')]).toEqual([[0, null], 'done\n'])
  })
})

describe('udp', () => {
  test('sends a message a datagram', async () => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1')
    await once(socket, 'listening')
    onTestFinished(() => void socket.close())
    const { port } = socket.address()
    const client = await connect({ port, transport: 'udp', eventHost: 'web-1', clock: new VirtualClock() })
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

describe('query', () => {
  const found = [
    makeEvent({ host: 'a', service: 's', metric: 1.5, time: NOW }),
    makeEvent({ host: 'b', time: NOW }),
  ]

  test('gives the events, and says what is wrong; each answer goes to whom it is for', async () => {
    const hub = await startHub()
    const client = await connected(hub)
    const first = client.send({ service: 's' })
    const query = client.query('service = "s"')
    const wrong = watch(client.query('up down left'))
    const last = client.send({ service: 't' })
    expect((await hub.received()).events).toHaveLength(1)
    expect((await hub.received()).query).toBe('service = "s"')
    expect((await hub.received()).query).toBe('up down left')
    const refused = encodeMsg({ ok: false, error: "mismatched input 'down'" })
    hub.answer(
      Buffer.concat([OK, encodeFrame(encodeMsg({ ok: true, events: found })), encodeFrame(refused), OK]),
    )
    await first
    expect(await query).toEqual(found)
    await last
    expect(wrong).toMatchObject({
      state: 'refused',
      message: `127.0.0.1:${hub.port} refused: mismatched input 'down'`,
    })
  })

  test('waits so long; a late answer is not taken for that of another', async () => {
    const hub = await startHub()
    const clock = new VirtualClock()
    const client = await connected(hub, { clock, timeoutMs: 250, reconnect: true })
    const before = watch(client.send({}))
    clock.advance(200)
    const query = watch(client.query('true'))
    await hub.received()
    await hub.received()
    hub.answer(OK)
    await until(() => before.state === 'ok')
    clock.advance(249)
    await turn()
    expect(query.state).toBe('waiting')
    clock.advance(1)
    await until(() => query.state !== 'waiting')
    expect(query).toMatchObject({
      state: 'timeout',
      message: expect.stringContaining('no answer to the query'),
    })
    const after = client.query('true')
    await hub.received()
    hub.answer(encodeFrame(encodeMsg({ ok: true, events: found })))
    hub.answer(OK)
    expect(await after).toEqual([])
  })

  test('has no answer by UDP', async () => {
    const client = await connect({ transport: 'udp' })
    onTestFinished(() => client.close())
    await expect(client.query('true')).rejects.toMatchObject({ code: 'not-supported' })
  })
})
