import Long from 'long'
import type { Msg } from './decode.ts'
import type { Event } from './event.ts'
import * as wire from './riemann.js'

/** An event to be encoded; a metric beyond 2^53 is exact as a bigint. */
export type OutgoingEvent = Omit<Event, 'metric'> & { readonly metric?: number | bigint | undefined }

/** A Msg to be encoded. */
export type OutgoingMsg = Partial<Omit<Msg, 'events'>> & { readonly events?: readonly OutgoingEvent[] }

/**
 * Encodes a Msg as Riemann and its clients do, each event with both families of fields, for old and new readers:
 * `metric_f` beside `metric_sint64` (a safe integer, or a bigint of 64 bits) or `metric_d`, and `time` (cut to seconds) beside `time_micros`.
 *
 * `metric_f` is left out for a metric beyond the range of a float. Lone surrogates become U+FFFD.
 *
 * @example
 * encodeFrame(encodeMsg({ ok: false, error: 'disk full' }))
 */
export function encodeMsg(msg: OutgoingMsg): Uint8Array {
  return wire.Msg.encode({
    ok: msg.ok ?? null,
    error: text(msg.error),
    query: msg.query === undefined ? null : { string: text(msg.query) },
    events: msg.events?.map(toWire) ?? [],
  }).finish()
}

/** A frame as TCP carries it: the length of the message in four bytes, big-endian, then the message. */
export function encodeFrame(msg: Uint8Array): Uint8Array {
  const frame = new Uint8Array(4 + msg.length)
  new DataView(frame.buffer).setUint32(0, msg.length)
  frame.set(msg, 4)
  return frame
}

const MAX_FLOAT = 3.4028234663852886e38

function toWire(event: OutgoingEvent): wire.Event.$Properties {
  if (typeof event.metric === 'bigint') return bigToWire(event, event.metric)
  const { metric = null } = event
  // As an integer, -0 would lose its sign.
  const whole = Number.isSafeInteger(metric) && !Object.is(metric, -0)
  return {
    host: text(event.host),
    service: text(event.service),
    state: text(event.state),
    description: text(event.description),
    metricSint64: whole ? metric : null,
    metricD: whole ? null : metric,
    metricF: metric !== null && Math.abs(metric) > MAX_FLOAT ? null : metric,
    time: Math.trunc(event.time / 1e6),
    timeMicros: event.time,
    ttl: event.ttl ?? null,
    tags: event.tags.map((tag) => tag.toWellFormed()),
    attributes: Object.entries(event.attributes).map(([key, value]) => ({
      key: key.toWellFormed(),
      value: value.toWellFormed(),
    })),
  }
}

function bigToWire(event: OutgoingEvent, metric: bigint): wire.Event.$Properties {
  const near = Number(metric)
  const fields = toWire({ ...event, metric: near })
  if (BigInt.asIntN(64, metric) !== metric) return fields
  const exact = Long.fromBits(Number(BigInt.asIntN(32, metric)), Number(metric >> 32n))
  return { ...fields, metricSint64: exact, metricD: null }
}

function text(value: string | undefined): string | null {
  return value === undefined ? null : value.toWellFormed()
}
