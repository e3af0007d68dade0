import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { encodeMsg, MAX_DATAGRAM, makeEvent } from 'weir-protocol'
import { UDP, weir } from './differences.ts'
import { CONFIGS, type ListeningHub, listeningHub } from './running-hub.ts'
import { type Vector, vectors } from './vectors.ts'

interface BadUdpVector extends Vector {
  /** One datagram. */
  readonly send: string
  readonly service?: string
  /** Whether the event of `service` got into the index. */
  readonly indexed?: boolean
  readonly log?: readonly { readonly exception?: string }[]
}

describe('bad-udp.json, sent to a running hub', () => {
  let hub: ListeningHub
  let socket: Socket
  const answers: Buffer[] = []
  beforeAll(async () => {
    hub = await listeningHub(CONFIGS.standard ?? [])
    socket = createSocket('udp4')
    socket.on('message', (answer) => answers.push(answer))
    socket.connect(hub.port, '127.0.0.1')
    await once(socket, 'connect')
  })
  afterAll(() => socket.close())
  beforeEach(() => hub.forget())

  test.each(vectors<BadUdpVector>('protocol/bad-udp.json'))('%s', async (_, vector) => {
    const datagram = Buffer.from(vector.send, 'hex')
    const before = rejected(hub)
    socket.send(datagram)
    // Datagrams of one socket come in order: when the next one is in the index, this one has been dealt with.
    socket.send(encodeMsg({ events: [makeEvent({ host: 'witness', service: 'witness', time: 1_000_000 })] }))
    await expect.poll(() => hub.hub.fold.index.lookup('witness', 'witness')).toBeDefined()

    const services = hub.indexed().map(({ service }) => service)
    if (vector.service !== undefined)
      expect(services.includes(vector.service)).toBe(weir(UDP, vector.indexed === true, datagram))
    const wasRefused = vector.log?.some(({ exception = '' }) =>
      exception.includes('InvalidProtocolBufferException'),
    )
    const reason =
      datagram.length > MAX_DATAGRAM ? 'udp datagram-too-large' : wasRefused ? 'udp bad-protobuf' : undefined
    expect(rejected(hub)).toEqual(
      reason === undefined ? before : { ...before, [reason]: (before[reason] ?? 0) + 1 },
    )
    expect(answers).toEqual([])
  })
})

function rejected({ hub }: ListeningHub): Record<string, number> {
  return Object.fromEntries(hub.counters.rejected)
}
