import { describe, expect, test } from 'vitest'
import { decodeMsg, FrameReader, MAX_DATAGRAM, MAX_FRAME, ProtocolError } from 'weir-protocol'
import { FRAME, weir } from './differences.ts'
import { framesIn } from './frames.ts'
import { type Vector, vectors } from './vectors.ts'

interface BadVector extends Vector {
  /** TCP: all bytes of a connection; UDP: one datagram. */
  readonly send: string
  readonly log?: readonly { readonly exception?: string }[]
}

type Outcome = 'parsed' | 'refused' | 'too large' | 'awaited'

describe('bad-tcp.json: what the framing and the parser make of the bytes', () => {
  test.each(vectors<BadVector>('protocol/bad-tcp.json'))('%s', (_, vector) => {
    const bytes = Buffer.from(vector.send, 'hex')
    const { frames, lacks } = framesIn(bytes)
    const claimed = frames.at(-1)?.length ?? 0
    const incomplete = lacks !== 0 || claimed > MAX_FRAME
    expect(outcomeOfFrames(bytes)).toBe(weir(FRAME, riemanns(vector, incomplete), claimed))
  })
})

describe('bad-udp.json: what the parser makes of the bytes', () => {
  test.each(vectors<BadVector>('protocol/bad-udp.json'))('%s', (_, vector) => {
    // Riemann's receive buffer cuts a longer datagram off.
    const bytes = Buffer.from(vector.send, 'hex').subarray(0, MAX_DATAGRAM)
    expect(outcomeOf(() => decodeMsg(bytes, 0))).toBe(riemanns(vector, false))
  })
})

function riemanns({ log = [], send }: BadVector, incomplete: boolean): Outcome {
  const exceptions = log.map(({ exception }) => exception).join()
  if (exceptions.includes('InvalidProtocolBufferException')) return 'refused'
  if (exceptions.includes('TooLongFrameException')) return 'too large'
  return incomplete && send !== '' ? 'awaited' : 'parsed'
}

function outcomeOfFrames(bytes: Uint8Array): Outcome {
  const reader = new FrameReader()
  const outcome = outcomeOf(() => reader.push(bytes, (payload) => decodeMsg(payload, 0)))
  return outcome === 'parsed' && reader.midFrame ? 'awaited' : outcome
}

function outcomeOf(run: () => unknown): Outcome {
  try {
    run()
    return 'parsed'
  } catch (thrown) {
    if (!(thrown instanceof ProtocolError)) throw thrown
    return thrown.reason === 'frame-too-large' ? 'too large' : 'refused'
  }
}
