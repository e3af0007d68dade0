import { isDeepStrictEqual } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { decodeMsg, type Event, type Msg } from 'weir-protocol'
import { WireReader } from '../../protocol/src/reference.fixture.ts'
import * as wire from '../../protocol/src/riemann.js'
import { compileQuery } from '../../server/src/query/compile.ts'
import { frameOf, Peer } from '../peer.ts'
import { type Conversation, DECODE, type SentFrame, servicesOf, TCP, weir } from './differences.ts'
import { framesIn } from './frames.ts'
import { replyOf } from './reply.ts'
import { CONFIGS, type ListeningHub, listeningHub } from './running-hub.ts'
import { type Vector, vectors } from './vectors.ts'

interface ConversationVector extends Vector {
  readonly config: string
  readonly send: readonly string[]
  /** `each`: the answer is awaited before the next frame is sent; `together`: in one write; `bytes`: one at a time. */
  readonly how: 'each' | 'together' | 'bytes'
  readonly answers: readonly string[]
  readonly closed?: string
}

/** The services for which a rule of the configuration `throwing` throws. */
const THROWING: readonly (string | undefined)[] = ['throws', 'silent', 'asserts', 'child']

describe('conversations.json, with a running hub', () => {
  const hubs = new Map<string, ListeningHub>()
  beforeAll(async () => {
    for (const [name, rules] of Object.entries(CONFIGS)) hubs.set(name, await listeningHub(rules))
  })

  test.each(vectors<ConversationVector>('protocol/conversations.json'))('%s', async (_, vector) => {
    const hub = hubs.get(vector.config)
    if (hub === undefined) throw new Error(`there is no configuration '${vector.config}'`)
    const sent = vector.send.map((frame) => Buffer.from(frame, 'hex'))
    const { frames } = framesIn(Buffer.concat(sent))
    const expected = weir(TCP, riemanns(vector, frames), { config: vector.config, frames })
    const failures = hub.hub.fold.engine.counters.failures

    const peer = await Peer.connect(hub.port)
    for (const [i, frame] of sent.entries()) {
      if (vector.how === 'bytes') for (const byte of frame) peer.send(Uint8Array.of(byte))
      else if (vector.how === 'each') peer.send(frame)
      if (vector.how !== 'each') continue
      await peer.replied(i + 1)
      // What Riemann finds with a query stands in our index.
      expect(stands(vector.answers[i], sent.slice(0, i + 1), hub.indexed())).toBe(true)
    }
    if (vector.how === 'together') peer.send(Buffer.concat(sent))
    await peer.replied(expected.replies.length)
    expect(peer.replies.map(replyOf)).toEqual(expected.replies)
    for (const [i, { events }] of peer.replies.entries()) {
      const msg = frames[i]?.msg
      if (msg === undefined || msg === 'refused') continue
      const found = foundIn(vector.answers[i], msg, sent.slice(0, i + 1))
      if (found === undefined) continue
      expect(events).toHaveLength(found.length)
      for (const ours of found)
        expect(events.some((event) => ours.some((one) => isDeepStrictEqual(one, plain(event))))).toBe(true)
    }
    if (vector.how !== 'each') expect(stands(vector.answers.at(-1), sent, hub.indexed())).toBe(true)
    const services = new Set(hub.indexed().map(({ service }) => service))
    for (const service of expected.indexed) expect(services).toContain(service)

    // A rule that throws is counted, and shown.
    const throwing = frames
      .flatMap(({ msg }) => (msg === 'refused' ? [] : msg.events))
      .filter(({ service }) => vector.config === 'throwing' && THROWING.includes(service))
    expect(hub.hub.fold.engine.counters.failures - failures).toBe(throwing.length)
    if (throwing.length > 0) expect(services).toContain('weir/rule-error')

    expect((await peer.ask(frameOf({ host: 'witness', service: 'witness' })))?.ok).toBe(
      expected.open ? true : undefined,
    )
  })
})

function riemanns(vector: ConversationVector, frames: readonly SentFrame[]): Conversation {
  return {
    replies: frames.map((_, i) => {
      const answer = vector.answers[i]
      return answer === undefined ? 'closed' : replyOf(answer)
    }),
    open: vector.closed === undefined,
    indexed: vector.config === 'noindex' ? [] : servicesOf(frames),
  }
}

/**
 * What Weir finds, where Riemann found what is in its answer: for each event what it may be, and none for one that Weir
 * does not take to be what was asked for. Undefined where Riemann's answer does not tell.
 */
function foundIn(
  answer: string | undefined,
  { query }: Msg,
  sent: readonly Buffer[],
): readonly (readonly Event[])[] | undefined {
  const { ok, events } = decodeMsg(Buffer.from(answer ?? '', 'hex').subarray(4), 0)
  if (ok !== true) return undefined
  const matches = query === undefined ? () => true : compileQuery(query).matches
  return takenAs(events, sent)
    .map((ours) => ours.filter(matches))
    .filter((ours) => ours.length > 0)
}

/** Whether what Riemann found stands in our index. */
function stands(answer: string | undefined, sent: readonly Buffer[], indexed: readonly Event[]): boolean {
  if (answer === undefined) return true
  const { events } = decodeMsg(Buffer.from(answer, 'hex').subarray(4), 0)
  return takenAs(events, sent).every((ours) =>
    indexed.some((event) => ours.some((one) => isDeepStrictEqual(one, plain(event)))),
  )
}

/**
 * For each event that Riemann found, what Weir takes it for: it is one of those sent, but which one the answer does not
 * tell, as attributes may have taken the place of its fields.
 */
function takenAs(events: readonly Event[], sent: readonly Buffer[]): readonly (readonly Event[])[] {
  const sources = sent
    .flatMap((frame) => wire.Msg.decode(new WireReader(frame.subarray(4))).events)
    .map((event) => new wire.Event(event))
  return events.map((found) => sources.map((source) => plain(weir(DECODE, found, source))))
}

function plain(event: Event): Event {
  return { ...event, attributes: { ...event.attributes } }
}
