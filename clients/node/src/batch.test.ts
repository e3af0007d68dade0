import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { decodeMsg, encodeMsg, makeEvent } from 'weir-protocol'
import { Batcher, type BatchLimits, frameOf } from './batch.ts'
import { type Client, connect } from './client.ts'
import { VirtualClock } from './clock.fixture.ts'
import { accepting, type Hub, NOT_OK, startHub, until, watch } from './hub.fixture.ts'

async function batching(hub: Hub, clock: VirtualClock, batch: Partial<BatchLimits>): Promise<Client> {
  const client = await connect({ port: hub.port, clock, batch })
  onTestFinished(() => client.close(0))
  return client
}

const metricsOf = async (hub: Hub) => (await hub.received()).events.map(({ metric }) => metric)

describe('a batch', () => {
  test('goes when it is full', async () => {
    const hub = await startHub({ answer: accepting })
    const client = await batching(hub, new VirtualClock(), { events: 3, ms: 10 })
    const sends = [1, 2, 3, 4].map((metric) => watch(client.send({ metric })))
    expect(await metricsOf(hub)).toEqual([1, 2, 3])
    await until(() => sends[2]?.state === 'ok')
    expect(sends.map(({ state }) => state)).toEqual(['ok', 'ok', 'ok', 'waiting'])
  })

  test('goes some time after its first event', async () => {
    const hub = await startHub({ answer: accepting })
    const clock = new VirtualClock()
    const client = await batching(hub, clock, { events: 100, ms: 10 })
    client.send({ metric: 1 })
    clock.advance(9)
    client.send([{ metric: 2 }, { metric: 3 }])
    await turn()
    expect(hub.events).toEqual([])
    clock.advance(1)
    expect(await metricsOf(hub)).toEqual([1, 2, 3])
  })

  test('goes before a query, at flush and at close', async () => {
    const hub = await startHub({ answer: accepting })
    const client = await batching(hub, new VirtualClock(), {})
    client.send({ metric: 1 })
    await client.query('true')
    client.send({ metric: 2 })
    await client.flush()
    client.send({ metric: 3 })
    await client.close()
    expect(hub.events.map(({ metric }) => metric)).toEqual([1, 2, 3])
  })

  test('that is refused is refused for all its events', async () => {
    const hub = await startHub({ answer: () => NOT_OK })
    const client = await batching(hub, new VirtualClock(), { events: 2 })
    const sends = [1, 2].map((metric) => watch(client.send({ metric })))
    await until(() => sends.every(({ state }) => state === 'refused'))
    expect(client.stats.refused).toBe(2)
  })

  test('does not take an event that is wrong, and the others go', async () => {
    const hub = await startHub({ answer: accepting })
    const client = await batching(hub, new VirtualClock(), { events: 2 })
    client.send({ metric: 1 })
    await expect(client.send(JSON.parse('{"metric":"much"}'))).rejects.toMatchObject({
      code: 'invalid-event',
    })
    await client.send({ metric: 2 })
    expect(await metricsOf(hub)).toEqual([1, 2])
  })
})

test('all events come, in order, in batches within the limits', () => {
  const event = fc.record({ service: fc.string({ maxLength: 40 }), metric: fc.integer() })
  const sends = fc.array(fc.array(event, { minLength: 1, maxLength: 5 }), { maxLength: 40 })
  fc.assert(
    fc.property(
      sends,
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 50, max: 500 }),
      (sends, most, bytes) => {
        const frames: Uint8Array[] = []
        const counts: number[] = []
        const batcher = new Batcher(
          { events: most, ms: 5 },
          bytes,
          new VirtualClock(),
          'hub',
          ({ frame, events }) => {
            frames.push(frame)
            counts.push(events)
          },
        )
        const made = sends.map((events) => events.map((one) => makeEvent({ ...one, time: 1 })))
        const encoded = made.map((events) => encodeMsg({ events }))
        for (const [i, msg] of encoded.entries()) batcher.add(msg, made[i]?.length ?? 0)
        batcher.flush()
        const came = frames.map((frame) => decodeMsg(frame.subarray(4), 0).events)
        const plain = (events: readonly object[]) => events.map((one) => ({ ...one, service: undefined }))
        expect(plain(came.flat())).toEqual(plain(made.flat()))
        expect(counts).toEqual(came.map(({ length }) => length))
        const largest = Math.max(0, ...encoded.map(({ length }) => length))
        for (const [i, frame] of frames.entries()) {
          expect(new DataView(frame.buffer).getUint32(0)).toBe(frame.length - 4)
          expect(frame.length - 4).toBeLessThanOrEqual(Math.max(bytes, largest))
          expect(counts[i]).toBeLessThan(most + 5)
        }
      },
    ),
  )
})

test('a frame of nothing is the empty message', () => {
  expect(frameOf([], 0)).toEqual(new Uint8Array(4))
})
