import { once } from 'node:events'
import { connect, type Server, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { decodeMsg, encodeFrame, encodeMsg, FrameReader, makeEvent } from 'weir-protocol'
import { TestWall } from '../clock/test-wall.ts'
import type { Intake, Outcome, Transport } from './intake.ts'
import { type TcpOptions, tcpIngest } from './tcp.ts'
import { LINGER_MS, STALLED_MS, UNANSWERED_LIMIT } from './tcp-connection.ts'

/** A hub that holds what it is given until the test answers it. */
class FakeIntake implements Intake {
  readonly services: (string | undefined)[] = []
  readonly counted: string[] = []
  readonly waiting: ((outcome: Outcome) => void)[] = []
  bytes = 0

  submit(_: Transport, msg: Uint8Array, done: (outcome: Outcome) => void = () => {}): void {
    const { events } = decodeMsg(msg, 0)
    this.services.push(...events.map(({ service }) => service))
    this.bytes += msg.length
    this.waiting.push(done)
  }
  rejected(transport: Transport, reason: string): void {
    this.counted.push(`${transport} ${reason}`)
  }
  now = () => 0

  /** Answers everything that waits. */
  answer(outcome: Outcome = { ok: true }): void {
    for (const done of this.waiting.splice(0)) done(outcome)
  }
}

async function listen(options: Partial<TcpOptions> = {}) {
  const intake = new FakeIntake()
  const wall = new TestWall()
  const tcp = tcpIngest({ intake, wall, ...options })
  tcp.server.listen(0, '127.0.0.1')
  await once(tcp.server, 'listening')
  onTestFinished(async () => {
    const closed = tcp.close(0)
    await wall.advance(0)
    await closed
  })
  return { intake, wall, tcp, peer: () => Peer.connect(tcp.server) }
}

/** A sender, what it was answered (`ok`, or the error), and whether the hub has closed its side. */
class Peer {
  readonly answers: string[] = []
  closed = false
  readonly socket: Socket

  constructor(socket: Socket) {
    this.socket = socket
    const frames = new FrameReader()
    socket.on('data', (chunk: Buffer) => {
      frames.push(chunk, (frame) => {
        const { ok, error } = decodeMsg(frame, 0)
        this.answers.push(ok === true ? 'ok' : `not ok: ${error}`)
      })
    })
    socket.on('error', () => {})
    for (const end of ['end', 'close'])
      socket.on(end, () => {
        this.closed = true
      })
    onTestFinished(() => void socket.destroy())
  }

  static async connect(server: Server): Promise<Peer> {
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    await once(socket, 'connect')
    return new Peer(socket)
  }
}

const message = (service: string) =>
  encodeFrame(encodeMsg({ events: [makeEvent({ service, time: 1_000_000 })] }))
const garbage = encodeFrame(Uint8Array.of(0x37))
const concat = (...parts: Uint8Array[]) => Buffer.concat(parts)

test('answers come in the order of the messages, each when it is known and none before', async () => {
  const { intake, peer } = await listen()
  const sender = await peer()
  sender.socket.write(concat(message('a'), message('b'), garbage, message('c')))
  await expect.poll(() => intake.services).toEqual(['a', 'b', 'c'])
  const [a, b, c] = intake.waiting
  c?.({ ok: true })
  b?.({ ok: false, error: 'the disk is full' })
  const other = await peer()
  other.socket.write(garbage)
  await expect.poll(() => other.answers.length).toBe(1)
  expect(sender.answers).toEqual([])
  a?.({ ok: true })
  await expect
    .poll(() => sender.answers)
    .toEqual(['ok', 'not ok: the disk is full', expect.stringContaining('not a Riemann message'), 'ok'])
})

test('what is no message is counted, answered with the reason, and the connection goes on', async () => {
  const { intake, peer } = await listen()
  const sender = await peer()
  sender.socket.write(concat(garbage, message('after')))
  await expect.poll(() => intake.services).toEqual(['after'])
  intake.answer()
  await expect.poll(() => sender.answers).toEqual([expect.stringMatching(/not a Riemann message/), 'ok'])
  expect(intake.counted).toEqual(['tcp bad-protobuf'])
  expect(sender.closed).toBe(false)
})

test('a frame above the limit is answered after what came before, and ends the connection', async () => {
  const { intake, peer } = await listen({ maxFrame: 1000 })
  const sender = await peer()
  sender.socket.write(concat(message('before'), Buffer.from('GET / HTTP/1.1\r\n\r\n')))
  await expect.poll(() => intake.services).toEqual(['before'])
  intake.answer()
  await expect.poll(() => sender.answers).toEqual(['ok', expect.stringMatching(/looks like HTTP/)])
  await expect.poll(() => sender.closed).toBe(true)
  expect(intake.counted).toEqual(['tcp frame-too-large'])
})

test('the refusal reaches a sender that goes on sending, and then it is cut off', async () => {
  const { wall, tcp, peer } = await listen({ maxFrame: 1000 })
  const sender = await peer()
  sender.socket.write(Buffer.alloc(8 * 1024 * 1024, 0x7f))
  await expect.poll(() => sender.answers).toEqual([expect.stringContaining('above the limit of 1000')])
  await wall.advance(LINGER_MS - 1)
  expect(tcp.connections).toBe(1)
  await wall.advance(1)
  await expect.poll(() => tcp.connections).toBe(0)
})

test('a sender that closes its side after the last message still gets the answers', async () => {
  const { intake, peer } = await listen()
  const sender = await peer()
  sender.socket.end(message('last'))
  await expect.poll(() => intake.services).toEqual(['last'])
  // The end has been seen by now too: another connection, opened later, was served.
  const other = await peer()
  other.socket.write(garbage)
  await expect.poll(() => other.answers.length).toBe(1)
  intake.answer()
  await expect.poll(() => [sender.answers, sender.closed]).toEqual([['ok'], true])
  expect(intake.counted).toEqual(['tcp bad-protobuf'])
})

test.each(['end', 'resetAndDestroy'] as const)(
  'half a frame, then %s: dropped and counted',
  async (close) => {
    const { intake, tcp, peer } = await listen()
    const sender = await peer()
    sender.socket.write(message('half').subarray(0, 9))
    const other = await peer()
    other.socket.write(garbage)
    await expect.poll(() => other.answers.length).toBe(1)
    sender.socket[close]()
    await expect.poll(() => tcp.connections).toBe(1)
    expect(intake.counted).toEqual(['tcp bad-protobuf', 'tcp cut-frame'])
    expect([intake.services, sender.answers]).toEqual([[], []])
  },
)

test('half a frame, then silence: closed after a minute, with a reason; whoever is between frames stays', async () => {
  const { intake, wall, tcp, peer } = await listen()
  const idle = await peer()
  idle.socket.write(message('whole'))
  await expect.poll(() => intake.services).toEqual(['whole'])
  intake.answer()
  const half = await peer()
  half.socket.write(message('half').subarray(0, 3))
  await expect.poll(() => wall.timers).toBe(1)
  await wall.advance(STALLED_MS - 1)
  half.socket.write(message('half').subarray(3, 9))
  // Bytes have come, which the hub has seen when it has served somebody who came later: the minute begins anew.
  const witness = await peer()
  witness.socket.write(garbage)
  await expect.poll(() => witness.answers.length).toBe(1)
  await wall.advance(STALLED_MS - 1)
  expect(intake.counted).toEqual(['tcp bad-protobuf'])
  await wall.advance(1)
  await expect.poll(() => half.answers).toEqual(['not ok: half a frame, and nothing for 60 s'])
  half.socket.end()
  await expect.poll(() => tcp.connections).toBe(2)
  expect(intake.counted).toEqual(['tcp bad-protobuf', 'tcp stalled-frame'])
  expect([half.closed, idle.closed]).toEqual([true, false])
})

test('a sender is read from no further than the limit of what is unanswered, and the others are', async () => {
  const { intake, peer } = await listen()
  const flood = await peer()
  const big = encodeFrame(
    encodeMsg({ events: [makeEvent({ description: 'x'.repeat(99_000), time: 1_000_000 })] }),
  )
  for (let i = 0; i < 200; i++) flood.socket.write(big)
  await expect.poll(() => intake.bytes).toBeGreaterThan(UNANSWERED_LIMIT)
  const other = await peer()
  other.socket.write(message('other'))
  await expect.poll(() => intake.services).toContain('other')
  expect(intake.bytes).toBeLessThan(UNANSWERED_LIMIT + 1024 * 1024)
  while (flood.answers.length < 200) {
    intake.answer()
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(other.answers).toEqual(['ok'])
})

test('the smallest messages count too', async () => {
  const { intake, peer } = await listen()
  const flood = await peer()
  const empty = Buffer.alloc(4 * 50_000)
  for (let i = 0; i < 20; i++) flood.socket.write(empty)
  await expect.poll(() => intake.waiting.length).toBeGreaterThan(1000)
  const other = await peer()
  other.socket.write(message('other'))
  await expect.poll(() => intake.services).toEqual(['other'])
  expect(intake.waiting.length).toBeLessThan(100_000)
  while (flood.answers.length < 20 * 50_000) {
    intake.answer()
    await new Promise((resolve) => setImmediate(resolve))
  }
})

test('a sender that does not read its answers is not read from in the end, and no answer is lost', async () => {
  const { intake, tcp, peer } = await listen()
  const deaf = await peer()
  deaf.socket.pause()
  const chunk = Buffer.alloc(4 * 100_000)
  const answered = async (): Promise<boolean> => {
    const before = intake.bytes + intake.waiting.length
    intake.answer()
    await new Promise((resolve) => setImmediate(resolve))
    return before > 0
  }
  const total = 30 * 100_000
  for (let i = 0; i < 30; i++) deaf.socket.write(chunk)
  let quiet = 0
  while (quiet < 200) quiet = (await answered()) ? 0 : quiet + 1
  expect(deaf.socket.writableLength).toBeGreaterThan(0)
  expect(tcp.connections).toBe(1)
  deaf.socket.resume()
  while (deaf.answers.length < total) await answered()
  expect(new Set(deaf.answers)).toEqual(new Set(['ok']))
})

test('when half-sent frames take too much memory together, the largest has to go', async () => {
  const { intake, peer } = await listen({ maxPartial: 1024 * 1024 })
  const small = await peer()
  const half = Buffer.alloc(100_000)
  half.writeUInt32BE(200_000)
  small.socket.write(half)
  const large = await peer()
  const most = Buffer.alloc(1_500_000)
  most.writeUInt32BE(10_000_000)
  large.socket.write(most)
  await expect.poll(() => large.answers).toEqual([expect.stringContaining('too many frames are half sent')])
  small.socket.write(Buffer.alloc(100_004))
  await expect.poll(() => small.answers).toEqual([expect.stringContaining('not a Riemann message')])
  expect(intake.counted).toEqual(['tcp partial-frames', 'tcp bad-protobuf'])
})

test('connections beyond the limit are closed at once, counted', async () => {
  const { intake, peer, tcp } = await listen({ maxConnections: 1 })
  const first = await peer()
  const second = await peer()
  await expect.poll(() => second.closed).toBe(true)
  expect(intake.counted).toEqual(['tcp too-many-connections'])
  expect(tcp.connections).toBe(1)
  first.socket.destroy()
  await expect.poll(() => tcp.connections).toBe(0)
})

test('a connection that the system does not hand over is counted, and the listener goes on', async () => {
  const { intake, tcp, peer } = await listen()
  tcp.server.emit('error', new Error('accept EMFILE'))
  const sender = await peer()
  sender.socket.write(garbage)
  await expect.poll(() => sender.answers.length).toBe(1)
  expect(intake.counted).toEqual(['tcp accept-failed', 'tcp bad-protobuf'])
})

test('closing takes nothing more, answers what is owed, and waits for it', async () => {
  const { intake, tcp, peer } = await listen()
  const sender = await peer()
  const idle = await peer()
  sender.socket.write(message('a'))
  await expect.poll(() => intake.services).toEqual(['a'])
  let done = false
  const closed = tcp.close(5_000).then(() => {
    done = true
  })
  sender.socket.write(message('b'))
  await once(idle.socket, 'end')
  idle.socket.end()
  expect([done, sender.answers]).toEqual([false, []])
  intake.answer()
  await once(sender.socket, 'end')
  sender.socket.end()
  await closed
  expect([intake.services, sender.answers]).toEqual([['a'], ['ok']])
})

test('closing does not wait for ever for an answer', async () => {
  const { intake, wall, tcp, peer } = await listen()
  const sender = await peer()
  sender.socket.write(message('a'))
  await expect.poll(() => intake.services).toEqual(['a'])
  const closed = tcp.close(5_000)
  await wall.advance(5_000)
  await closed
  await expect.poll(() => [sender.closed, sender.answers]).toEqual([true, []])
})

test('long answers that nobody reads are bounded: further ones are refused, and who does not read is cut off', async () => {
  const { intake, wall, peer } = await listen()
  const description = 'x'.repeat(8 * 1024 * 1024)
  const msg = encodeMsg({ ok: true, events: [makeEvent({ description, time: 0 })] })
  const idle = await peer()
  idle.socket.pause()
  const asker = await peer()
  for (let n = 0; n < 15; n++) idle.socket.write(message('long'))
  await expect.poll(() => intake.waiting.length).toBe(15)
  intake.answer({ ok: true, msg })

  asker.socket.write(concat(message('long'), message('short')))
  await expect.poll(() => intake.waiting.length).toBe(2)
  const [long, short] = intake.waiting.splice(0)
  long?.({ ok: true, msg })
  short?.({ ok: true, msg: encodeMsg({ ok: true, events: [] }) })
  await expect
    .poll(() => asker.answers)
    .toEqual(['not ok: too many answers wait to be read; ask again in a moment', 'ok'])
  expect(intake.counted).toEqual(['tcp unread-answers'])

  // A minute, and a second for each of the 120 MiB.
  await wall.advance(170_000)
  expect(intake.counted).toEqual(['tcp unread-answers'])
  await wall.advance(15_000)
  await expect.poll(() => intake.counted).toEqual(['tcp unread-answers', 'tcp unread-answer'])
  asker.socket.write(message('long'))
  await expect.poll(() => intake.waiting.length).toBe(1)
  intake.answer({ ok: true, msg })
  await expect.poll(() => asker.answers.length).toBe(3)
  expect(asker.answers[2]).toBe('ok')
})
