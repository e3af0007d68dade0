import { ProtocolError } from './error.ts'
import { type Event, NO_ATTRIBUTES, NO_TAGS } from './event.ts'
import { Interned } from './interned.ts'
import { MAX_EVENTS, MAX_TTL } from './limits.ts'
import { malformed, Wire } from './wire.ts'

/** What one frame or datagram says: a request (events, a query) or a reply (ok, error, events). */
export interface Msg {
  readonly ok?: boolean | undefined
  readonly error?: string | undefined
  /** `undefined`: no query. `''`: a query that is empty or names no string, which Riemann does not tell apart. */
  readonly query?: string | undefined
  readonly events: readonly Event[]
}

/**
 * Decodes one protobuf Msg by Riemann's rules.
 *
 * - metric: `metric_sint64`, else `metric_d`, else `metric_f`, whichever is present first, be it 0; NaN and infinity
 *   count as no metric
 * - time: `time_micros`, else `time`, else `now`; cut to what an integer can hold exactly
 * - ttl: cut to ±MAX_TTL; NaN counts as no ttl
 * - attributes: the last of several with one key wins, one without a value is `''`, and none overrides a field
 * - invalid UTF-8: each bad sequence becomes U+FFFD; fields and messages are not refused for it, as collectd sends it
 * - unknown fields, known fields of another wire type and the `states` of old clients are ignored
 *
 * Integers beyond 2^53 are rounded to a double. Events may share their tags and attributes, which are frozen.
 *
 * @param now Integer microseconds since the epoch, for events that carry no time.
 * @throws {ProtocolError} `bad-protobuf` where Riemann refuses too; `too-many-events` above MAX_EVENTS.
 * @example
 * decodeMsg(frame, wall.now()).events[0]?.host
 */
export function decodeMsg(bytes: Uint8Array, now: number): Msg {
  const wire = Wire.of(bytes)
  let ok: boolean | undefined
  let error: string | undefined
  let query: string | undefined
  let events: Event[] | undefined
  while (wire.pos < wire.end) {
    const tag = wire.tag()
    switch (tag) {
      case MSG.ok:
        ok = wire.bool()
        break
      case MSG.error:
        error = text(wire)
        break
      case MSG.states:
        inside(wire, (field) => wire.skip(field, 0))
        break
      case MSG.query:
        query = readQuery(wire) ?? query ?? ''
        break
      case MSG.events:
        if (events?.length === MAX_EVENTS)
          throw new ProtocolError('too-many-events', `more than ${MAX_EVENTS} events in one message`)
        // An array that grows takes room for 17.
        if (events === undefined) events = [readEvent(wire, now)]
        else events.push(readEvent(wire, now))
        break
      default:
        wire.skip(tag, 0)
    }
  }
  return { ok, error, query, events: events ?? [] }
}

/** The tags of the fields: number and wire type (0 varint, 1 fixed64, 2 length-delimited, 5 fixed32). */
const MSG = {
  ok: (2 << 3) | 0,
  error: (3 << 3) | 2,
  states: (4 << 3) | 2,
  query: (5 << 3) | 2,
  events: (6 << 3) | 2,
} as const
const EVENT = {
  time: (1 << 3) | 0,
  state: (2 << 3) | 2,
  service: (3 << 3) | 2,
  host: (4 << 3) | 2,
  description: (5 << 3) | 2,
  tags: (7 << 3) | 2,
  ttl: (8 << 3) | 5,
  attributes: (9 << 3) | 2,
  timeMicros: (10 << 3) | 0,
  metricSint64: (13 << 3) | 0,
  metricD: (14 << 3) | 1,
  metricF: (15 << 3) | 5,
} as const
const FIRST = (1 << 3) | 2
const SECOND = (2 << 3) | 2

function readEvent(wire: Wire, now: number): Event {
  let host: string | undefined
  let service: string | undefined
  let state: string | undefined
  let description: string | undefined
  let sint64: number | undefined
  let double: number | undefined
  let float: number | undefined
  let time: number | undefined
  let timeMicros: number | undefined
  let ttl: number | undefined
  let tags = NO_TAGS
  let attributes = NO_ATTRIBUTES
  const around = wire.end
  const size = wire.size()
  wire.end = wire.pos + size
  while (wire.pos < wire.end) {
    const tag = wire.tag()
    switch (tag) {
      case EVENT.time:
        time = wire.integer(false)
        break
      case EVENT.state:
        state = name(wire)
        break
      case EVENT.service:
        service = name(wire)
        break
      case EVENT.host:
        host = name(wire)
        break
      case EVENT.description:
        description = text(wire)
        break
      case EVENT.tags:
        tags = tags === NO_TAGS ? run(wire, tag, tagLists) : [...tags, ...run(wire, tag, tagLists)]
        break
      case EVENT.ttl:
        ttl = wire.float()
        break
      case EVENT.attributes:
        attributes =
          attributes === NO_ATTRIBUTES
            ? run(wire, tag, attributeSets)
            : Object.assign(Object.create(null), attributes, run(wire, tag, attributeSets))
        break
      case EVENT.timeMicros:
        timeMicros = wire.integer(false)
        break
      case EVENT.metricSint64:
        sint64 = wire.integer(true)
        break
      case EVENT.metricD:
        double = wire.double()
        break
      case EVENT.metricF:
        float = wire.float()
        break
      default:
        wire.skip(tag, 0)
    }
  }
  wire.end = around
  const metric = sint64 ?? double ?? float
  return {
    host,
    service,
    state,
    description,
    metric: Number.isFinite(metric) ? metric : undefined,
    time: clamp(timeMicros ?? (time === undefined ? now : time * 1e6), Number.MAX_SAFE_INTEGER),
    ttl: ttl === undefined || Number.isNaN(ttl) ? undefined : clamp(ttl, MAX_TTL),
    tags,
    attributes,
  }
}

/** Host, service, state, a tag, the key of an attribute: few, and each comes again and again. */
const names = new Interned(1 << 16, utf8)
const tagLists = new Interned(1 << 12, (bytes, start, end) => {
  const wire = new Wire(bytes, start, end)
  const tags: string[] = []
  while (wire.pos < end) {
    tags.push(name(wire))
    if (wire.pos < end) wire.tag()
  }
  return Object.freeze(tags)
})
const attributeSets = new Interned(1 << 14, (bytes, start, end) => {
  const wire = new Wire(bytes, start, end)
  const attributes: Record<string, string> = Object.create(null)
  while (wire.pos < end) {
    readAttribute(wire, attributes)
    if (wire.pos < end) wire.tag()
  }
  return Object.freeze(attributes)
})

/** The tags, or attributes, that follow one another, of which the first one's tag was just read. */
function run<T>(wire: Wire, tag: number, things: Interned<T>): T {
  const start = wire.pos
  for (;;) {
    const size = wire.size()
    wire.pos += size
    if (wire.pos === wire.end || wire.bytes.getUint8(wire.pos) !== tag) break
    wire.pos += 1
  }
  return things.get(wire.bytes, start, wire.pos)
}

function readAttribute(wire: Wire, attributes: Record<string, string>): void {
  let key: string | undefined
  let value = ''
  inside(wire, (tag) => {
    if (tag === FIRST) key = name(wire)
    else if (tag === SECOND) value = text(wire)
    else wire.skip(tag, 1)
  })
  if (key === undefined) throw malformed('an attribute without a key')
  attributes[key] = value
}

function readQuery(wire: Wire): string | undefined {
  let query: string | undefined
  inside(wire, (tag) => {
    if (tag === FIRST) query = text(wire)
    else wire.skip(tag, 0)
  })
  return query
}

/** Reads the fields of a message within the present one. */
function inside(wire: Wire, field: (tag: number) => void): void {
  const around = wire.end
  const size = wire.size()
  wire.end = wire.pos + size
  while (wire.pos < wire.end) field(wire.tag())
  wire.end = around
}

function text(wire: Wire): string {
  const size = wire.size()
  const start = wire.pos
  wire.pos += size
  return utf8(wire.bytes, start, wire.pos)
}

function name(wire: Wire): string {
  const size = wire.size()
  const start = wire.pos
  wire.pos += size
  return names.get(wire.bytes, start, wire.pos)
}

function utf8({ buffer, byteOffset }: DataView, start: number, end: number): string {
  return Buffer.from(buffer, byteOffset + start, end - start).toString()
}

function clamp(value: number, limit: number): number {
  return Math.min(Math.max(value, -limit), limit)
}
