import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { connect } from 'weir-client'
import { decodeMsg } from 'weir-protocol'
import { portOf } from '../../clients/node/src/hub.fixture.ts'
import { framesIn } from './frames.ts'
import { type Vector, vectors } from './vectors.ts'

/** What a real Riemann was sent and answered, frame by frame. */
interface Conversation extends Vector {
  readonly send: readonly string[]
  readonly answers: readonly string[]
  readonly closed?: string
}

const answered = vectors<Conversation>('protocol/conversations.json').filter(
  ([, { closed }]) => closed === undefined,
)

/** Answers as Riemann did, all at once, as soon as something comes. */
async function replaying(answers: Buffer): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => socket.write(answers))
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  return portOf(server.address())
}

/** What the client made of an answer. */
function outcome(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => value ?? 'ok',
    (error) => `${error.code}: ${error.message.replace(/^\S+ /, '')}`,
  )
}

describe("Riemann's recorded answers", () => {
  test.each(answered)('%s', async (_, { send, answers }) => {
    const replies = answers.map((hex) => Buffer.from(hex, 'hex'))
    const port = await replaying(Buffer.concat(replies))
    const client = await connect({ port, reconnect: false })
    onTestFinished(() => client.close(0))
    const { frames } = framesIn(Buffer.concat(send.map((hex) => Buffer.from(hex, 'hex'))))
    const queries = frames.map(({ msg }) => (msg === 'refused' ? undefined : msg.query))
    const outcomes = replies.map((_, i) => {
      const query = queries[i]
      return outcome(query === undefined ? client.send({ service: 'any' }) : client.query(query))
    })
    expect(await Promise.all(outcomes)).toEqual(
      replies.map((reply, i) => {
        const { ok, error, events } = decodeMsg(reply.subarray(4), 0)
        if (ok !== true) return `refused: refused: ${error || 'it gave no reason'}`
        return queries[i] === undefined ? 'ok' : events
      }),
    )
  })
})
