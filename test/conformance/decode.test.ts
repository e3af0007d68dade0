import { describe, expect, test } from 'vitest'
import { decodeMsg, type Event, FrameReader, makeEvent } from 'weir-protocol'
import { WireReader } from '../../protocol/src/reference.fixture.ts'
import * as wire from '../../protocol/src/riemann.js'
import { DECODE, weir } from './differences.ts'
import { type Vector, vectors } from './vectors.ts'

interface DecodeVector extends Vector {
  readonly msg: string
  readonly frame: string
  readonly decoded: {
    readonly ok: boolean | null
    readonly error: string | null
    readonly query: { readonly string: string } | null
    readonly events: readonly RiemannEvent[]
  }
}

type Num = number | 'NaN' | 'Infinity' | '-Infinity' | null | undefined
type Text = string | null | undefined

/** Riemann's event: the fields, and beside them the attributes. */
interface RiemannEvent extends Record<string, unknown> {
  readonly host?: Text
  readonly service?: Text
  readonly state?: Text
  readonly description?: Text
  readonly metric?: Num
  readonly time?: number | 'now' | null
  readonly ttl?: Num
  readonly tags?: readonly string[] | null
}

const NOW = 1_700_000_000_000_001

describe('decode.json', () => {
  test.each(vectors<DecodeVector>('protocol/decode.json'))('%s', (_, { msg, frame, decoded }) => {
    const bytes = Buffer.from(msg, 'hex')
    const sources = wire.Msg.decode(new WireReader(bytes)).events
    expect(comparable(decodeMsg(bytes, NOW))).toEqual(
      comparable({
        ok: decoded.ok ?? undefined,
        error: decoded.error ?? undefined,
        query: decoded.query?.string,
        events: decoded.events.map((event, i) =>
          weir(DECODE, fromRiemann(event), sources[i] ?? new wire.Event()),
        ),
      }),
    )
    const payloads: Uint8Array[] = []
    new FrameReader().push(Buffer.from(frame, 'hex'), (payload) => payloads.push(payload))
    expect(payloads).toEqual([bytes])
  })
})

function fromRiemann(event: RiemannEvent): Event {
  const { host, service, state, description, metric, time, ttl, tags, ...attributes } = event
  return makeEvent({
    host: host ?? undefined,
    service: service ?? undefined,
    state: state ?? undefined,
    description: description ?? undefined,
    metric: number(metric),
    time: typeof time === 'number' ? Math.round(time * 1e6) : NOW,
    ttl: number(ttl),
    tags: tags ?? [],
    attributes: Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, String(value)])),
  })
}

function number(value: Num): number | undefined {
  return value === null || value === undefined ? undefined : Number(value)
}

/**
 * How many U+FFFD stand for one bad sequence of UTF-8 is not compared: for a surrogate, Java writes one, and
 * everybody who follows the web's standard three.
 */
function comparable(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/\ufffd+/g, '\ufffd')
  if (Array.isArray(value)) return value.map(comparable)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, comparable(member)]))
}
