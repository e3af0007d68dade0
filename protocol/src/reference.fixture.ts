import protobuf from 'protobufjs/minimal.js'
import type { Msg } from './decode.ts'
import { ProtocolError } from './error.ts'
import { type Event, NO_ATTRIBUTES, NO_TAGS } from './event.ts'
import { MAX_EVENTS, MAX_TTL } from './limits.ts'
import * as wire from './riemann.js'

/** How deep groups may be nested within unknown fields: Java's default. */
const MAX_DEPTH = 100

/** protobufjs's reader, as lenient and as strict as the Java reader that Riemann uses; the generated code reads with it. */
export class WireReader extends protobuf.Reader {
  /** A varint of up to ten bytes of which the lower 32 bits count, however it is padded. */
  override tag(): number {
    return this.uint32()
  }

  override size(): number {
    const size = this.uint32()
    if (size > 0x7fffffff) throw new RangeError('negative length')
    return size
  }

  /** Skips bytes or, without a length, a varint: of ten bytes at most, where protobufjs would go on to any length. */
  override skip(length?: number): this {
    if (length === undefined) this.bool()
    else super.skip(length)
    return this
  }

  override skipType(wireType: number, depth = 0, fieldNumber?: number): this {
    if (wireType === 3 && depth >= MAX_DEPTH) throw new Error('groups nested too deep')
    super.skipType(wireType, depth, fieldNumber)
    return this
  }
}

/** decodeMsg by protobufjs's own code: what the decoder of the hub is compared with. */
export function decodeByReference(bytes: Uint8Array, now: number): Msg {
  try {
    return readMsg(new WireReader(bytes), now)
  } catch (thrown) {
    if (thrown instanceof ProtocolError) throw thrown
    const why = thrown instanceof Error ? thrown.message : String(thrown)
    throw new ProtocolError('bad-protobuf', `not a Riemann message: ${why}`)
  }
}

/** Written out instead of the generated `Msg.decode`, so that each event is converted as it is read, and counted. */
function readMsg(reader: WireReader, now: number): Msg {
  let ok: boolean | undefined
  let error: string | undefined
  let query: string | undefined
  const events: Event[] = []
  while (reader.pos < reader.len) {
    const tag = reader.tag()
    switch (tag) {
      case TAG.ok:
        ok = reader.bool()
        break
      case TAG.error:
        error = reader.string()
        break
      case TAG.states:
        wire.State.decode(reader, reader.size())
        break
      case TAG.query:
        query = wire.Query.decode(reader, reader.size()).string ?? query ?? ''
        break
      case TAG.events:
        if (events.length === MAX_EVENTS)
          throw new ProtocolError('too-many-events', `more than ${MAX_EVENTS} events in one message`)
        events.push(toEvent(wire.Event.decode(reader, reader.size()), now))
        break
      default:
        reader.skipType(tag & 7, 0, tag >>> 3)
    }
  }
  return { ok, error, query, events }
}

/** The fields of Msg: number and wire type (0 varint, 2 length-delimited). */
const TAG = {
  ok: (2 << 3) | 0,
  error: (3 << 3) | 2,
  states: (4 << 3) | 2,
  query: (5 << 3) | 2,
  events: (6 << 3) | 2,
} as const

function toEvent(event: wire.Event, now: number): Event {
  return {
    host: event.host ?? undefined,
    service: event.service ?? undefined,
    state: event.state ?? undefined,
    description: event.description ?? undefined,
    metric: metricOf(event),
    time: timeOf(event, now),
    ttl: ttlOf(event),
    tags: event.tags.length === 0 ? NO_TAGS : event.tags,
    attributes: attributesOf(event),
  }
}

function metricOf(event: wire.Event): number | undefined {
  const metric =
    event.metricSint64 !== null ? toNumber(event.metricSint64) : (event.metricD ?? event.metricF ?? undefined)
  return Number.isFinite(metric) ? metric : undefined
}

function timeOf(event: wire.Event, now: number): number {
  if (event.timeMicros !== null) return clamp(toNumber(event.timeMicros), Number.MAX_SAFE_INTEGER)
  if (event.time !== null) return clamp(toNumber(event.time) * 1e6, Number.MAX_SAFE_INTEGER)
  return now
}

function ttlOf({ ttl }: wire.Event): number | undefined {
  return ttl === null || Number.isNaN(ttl) ? undefined : clamp(ttl, MAX_TTL)
}

function attributesOf(event: wire.Event): Readonly<Record<string, string>> {
  if (event.attributes.length === 0) return NO_ATTRIBUTES
  const attributes: Record<string, string> = Object.create(null)
  for (const { key, value } of event.attributes) attributes[key] = value ?? ''
  return attributes
}

/** An int64 as protobufjs hands it out, rounded to a double above 2^53. */
function toNumber(value: NonNullable<wire.Event['time']>): number {
  return typeof value === 'number' ? value : value.toNumber()
}

function clamp(value: number, limit: number): number {
  return Math.min(Math.max(value, -limit), limit)
}
