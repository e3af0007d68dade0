import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { frameOf, Peer } from '../peer.ts'
import { type Conversation, type Reply, TCP, weir } from './differences.ts'
import { framesIn } from './frames.ts'
import { replyOf } from './reply.ts'
import { CONFIGS, type ListeningHub, listeningHub } from './running-hub.ts'
import { type Vector, vectors } from './vectors.ts'

interface BadTcpVector extends Vector {
  /** All bytes of a connection. */
  readonly send: string
  readonly answers: readonly string[]
  readonly then: 'open' | 'closed'
  readonly 'answers-after-half-close'?: readonly string[]
  readonly indexed: readonly string[]
  readonly log?: readonly { readonly exception?: string }[]
}

const WITNESS = frameOf({ host: 'witness', service: 'witness', ttl: 3600 })

describe('bad-tcp.json, sent to a running hub', () => {
  let hub: ListeningHub
  let witness: Peer
  beforeAll(async () => {
    hub = await listeningHub(CONFIGS.standard ?? [])
    witness = await Peer.connect(hub.port)
  })
  beforeEach(() => hub.forget())

  test.each(vectors<BadTcpVector>('protocol/bad-tcp.json'))('%s', async (_, vector) => {
    const bytes = Buffer.from(vector.send, 'hex')
    const { frames, lacks } = framesIn(bytes)
    const expected = weir(TCP, riemanns(vector, frames.length), { config: 'standard', frames })
    // What Riemann refuses is refused here, and what it takes is taken.
    if (wasRefused(vector)) expect(frames[vector.answers.length]?.msg).toBe('refused')
    for (let i = 0; i < vector.answers.length; i++) expect(frames[i]?.msg).not.toBe('refused')

    const before = new Map(hub.hub.counters.rejected)
    const halfClosing = await Peer.connect(hub.port)
    halfClosing.send(bytes)
    expect((await halfClosing.end()).map(replyOf)).toEqual(expected.replies)
    expect(
      hub
        .indexed()
        .map(({ service }) => service)
        .toSorted(),
    ).toEqual([...new Set(expected.indexed)].toSorted())
    await expect
      .poll(() => countedSince(before, hub))
      .toEqual({
        'tcp bad-protobuf': expected.replies.filter((reply) =>
          told(reply)?.startsWith('not a Riemann message'),
        ).length,
        'tcp frame-too-large': expected.replies.filter((reply) => told(reply)?.startsWith('a frame of'))
          .length,
        'tcp cut-frame': lacks === 0 ? 0 : 1,
      })

    const goingOn = await Peer.connect(hub.port)
    goingOn.send(bytes)
    if (expected.open) {
      await goingOn.replied(expected.replies.length)
      // What was begun is completed, with zeros that make no message.
      if (lacks > 0) expect((await goingOn.ask(Buffer.alloc(lacks)))?.ok).toBe(false)
      if (!Number.isNaN(lacks)) expect((await goingOn.ask(WITNESS))?.ok).toBe(true)
      expect(goingOn.closed).toBe(false)
    } else {
      await goingOn.replied(Number.POSITIVE_INFINITY)
      expect(goingOn.replies.map(replyOf)).toEqual(expected.replies)
    }
    await goingOn.end()
    expect((await witness.ask(WITNESS))?.ok).toBe(true)
  })
})

function riemanns(vector: BadTcpVector, frames: number): Conversation {
  const answers = [...vector.answers, ...(vector['answers-after-half-close'] ?? [])]
  return {
    replies: Array.from({ length: frames }, (_, i) => {
      const answer = answers[i]
      return answer === undefined ? 'closed' : replyOf(answer)
    }),
    open: vector.then === 'open',
    indexed: vector.indexed,
  }
}

function wasRefused({ log = [] }: BadTcpVector): boolean {
  return log.some(({ exception = '' }) => exception.includes('InvalidProtocolBufferException'))
}

function told(reply: Reply): string | undefined {
  return reply === 'closed' ? undefined : reply.error
}

function countedSince(before: ReadonlyMap<string, number>, { hub }: ListeningHub): Record<string, number> {
  const reasons = [
    'tcp bad-protobuf',
    'tcp frame-too-large',
    'tcp cut-frame',
    ...hub.counters.rejected.keys(),
  ]
  return Object.fromEntries(
    reasons.map((reason) => [reason, (hub.counters.rejected.get(reason) ?? 0) - (before.get(reason) ?? 0)]),
  )
}
