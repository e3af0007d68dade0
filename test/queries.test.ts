import { createSocket } from 'node:dgram'
import { beforeAll, describe, expect, test } from 'vitest'
import { encodeFrame, encodeMsg, makeEvent } from 'weir-protocol'
import { CONFIGS, type ListeningHub, listeningHub } from './conformance/running-hub.ts'
import { frameOf, Peer } from './peer.ts'

let hub: ListeningHub
beforeAll(async () => {
  hub = await listeningHub(CONFIGS.standard ?? [])
})

const ask = (query: string) => encodeFrame(encodeMsg({ query }))
const GARBAGE = encodeFrame(Uint8Array.of(0x37))

describe('queries over TCP', () => {
  test('each request has one answer, in order, whatever becomes of it', async () => {
    const peer = await Peer.connect(hub.port)
    const description = 'x'.repeat(100_000)
    // Together above the limit of a frame.
    for (let n = 0; n < 180; n++) peer.send(frameOf({ host: 'long', service: `${n}`, description }))
    await peer.replied(180)
    peer.replies.length = 0
    const requests = [
      frameOf({ host: 'order', service: 'a', metric: 1 }),
      ask('host = "order"'),
      ask('host = "long"'),
      GARBAGE,
      ask('host ='),
      ask('host = "long" limit 2'),
      frameOf({ host: 'order', service: 'b', metric: 2 }),
      ask('host = "order" count'),
      ask('host = "nobody"'),
    ]
    peer.send(Buffer.concat(requests))
    await peer.replied(requests.length)
    expect(
      peer.replies.map(({ ok, error, events }) =>
        ok === true ? events.map(({ service, metric }) => `${service} ${metric}`) : error?.split('\n')[0],
      ),
    ).toEqual([
      [],
      ['a 1'],
      "the 180 events that match are longer than a frame of 16777216 bytes; narrow the query, or end it with 'limit 1000'",
      expect.stringContaining('not a Riemann message'),
      'the query ends where a field or a value should follow (column 7)',
      [expect.any(String), expect.any(String)],
      [],
      ['count 2'],
      [],
    ])
  })

  test.each([
    ['a megabyte', `host = "${'a'.repeat(1_000_000)}"`, 'the query has 1000009 characters, more than 65536'],
    [
      '10,000 parentheses',
      `${'('.repeat(10_000)}true${')'.repeat(10_000)}`,
      "this stands in more than 500 parentheses or 'not's",
    ],
    ["10,000 'not's", `${'not '.repeat(10_000)}true`, "this stands in more than 500 parentheses or 'not's"],
    ['a reference back', 'host ~= "(a+)\\\\1"', 'not a regular expression: a reference back to a group'],
    [
      '17 regular expressions',
      Array(17).fill('host ~= "a"').join(' or '),
      'a query may have 16 regular expressions',
    ],
  ])('%s: an error, and the connection goes on', async (_, query, error) => {
    const peer = await Peer.connect(hub.port)
    expect(await peer.ask(ask(query))).toMatchObject({ ok: false, error: expect.stringContaining(error) })
    expect(await peer.ask(ask('host = "nobody"'))).toMatchObject({ ok: true, events: [] })
  })

  test('while a hostile expression is matched against long texts, others are answered', async () => {
    const peer = await Peer.connect(hub.port)
    for (let n = 0; n < 50; n++) {
      peer.send(frameOf({ host: 'texts', service: `${n}`, description: `y${'x'.repeat(100_000)}` }))
    }
    await peer.replied(50)
    const slow = await Peer.connect(hub.port)
    slow.send(ask('description ~= "(x+x+)+y" count'))
    expect(await peer.ask(frameOf({ host: 'texts', service: 'after' }))).toMatchObject({ ok: true })
    expect((await slow.replied(1))[0]).toMatchObject({ ok: true, events: [{ metric: 0 }] })
  })
})

test('a query over UDP is passed over, and its events are taken', async () => {
  const socket = createSocket('udp4')
  const { answered } = hub.hub.asking.counters
  const event = makeEvent({ host: 'datagram', service: 'asks', time: 1 })
  socket.send(encodeMsg({ query: 'true', events: [event] }), hub.port, '127.0.0.1')
  await expect.poll(() => hub.indexed().some(({ host }) => host === 'datagram')).toBe(true)
  const peer = await Peer.connect(hub.port)
  expect(await peer.ask(ask('host = "datagram"'))).toMatchObject({ ok: true, events: [{ service: 'asks' }] })
  expect(hub.hub.asking.counters.answered).toBe(answered + 1)
  socket.close()
})
