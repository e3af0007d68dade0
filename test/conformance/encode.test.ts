import { describe, expect, test } from 'vitest'
import { type Event, encodeFrame, encodeMsg, type Msg, makeEvent } from 'weir-protocol'
import * as wire from '../../protocol/src/riemann.js'
import { type Clojure, isMap, readClojure, writeClojure } from './clojure.ts'
import { ENCODE, weir } from './differences.ts'
import { type Vector, vectors } from './vectors.ts'

interface EncodeVector extends Vector {
  readonly clojure: string
  readonly msg?: string
  readonly frame?: string
  readonly exception?: string
}

/** What stands in for the time of an event that has none. */
const NOW = 1_700_000_000_000_001

const all = vectors<EncodeVector>('protocol/encode.json')

describe('encode.json', () => {
  test.each(all.filter(([, { exception }]) => exception === undefined))(
    '%s',
    (_, { clojure, msg = '', frame }) => {
      const ours = toMsg(readClojure(clojure))
      const riemanns = wire.Msg.decode(Buffer.from(msg, 'hex'))
      const expected = {
        ...riemanns,
        events: riemanns.events.map((event, i) =>
          weir(ENCODE, event, ours.events[i] ?? makeEvent({ time: NOW })),
        ),
      }
      const encoded = encodeMsg(ours)
      expect(canonical(wire.Msg.decode(encoded))).toEqual(canonical(expected))
      const same = Buffer.from(wire.Msg.encode(expected).finish()).toString('hex') === msg
      if (same && ours.events.every(({ attributes }) => Object.keys(attributes).length < 2)) {
        expect(Buffer.from(encoded).toString('hex')).toBe(msg)
        expect(Buffer.from(encodeFrame(encoded)).toString('hex')).toBe(frame)
      }
    },
  )

  // Where Riemann throws, the value is none that the type Event allows.
  test.each(all.filter(([, { exception }]) => exception !== undefined))('%s', (_, { clojure }) => {
    expect(() => toMsg(readClojure(clojure))).toThrow(TypeError)
  })
})

function toMsg(value: Clojure): Msg {
  if (!isMap(value)) throw new TypeError('not a map')
  const query = value.get('query')
  const events = value.get('events') ?? []
  if (!Array.isArray(events)) throw new TypeError('events: not a vector')
  return {
    ok: flag(value.get('ok')),
    error: text(value.get('error')),
    query: isMap(query) ? (text(query.get('string')) ?? '') : undefined,
    events: events.map(toEvent),
  }
}

function toEvent(value: Clojure): Event {
  if (!isMap(value)) throw new TypeError('not a map')
  const { host, service, state, description, metric, time, ttl, tags, ...rest } = Object.fromEntries(value)
  const seconds = number(time)
  return makeEvent({
    host: text(host),
    service: text(service),
    state: text(state),
    description: text(description),
    metric: number(metric),
    time: seconds === undefined ? NOW : Math.trunc(seconds * 1e6),
    ttl: number(ttl),
    tags: Array.isArray(tags) ? tags.map(tagOf) : [],
    attributes: Object.fromEntries(
      Object.entries(rest)
        .filter(([, member]) => member !== null)
        .map(([key, member]) => [key, writeClojure(member)]),
    ),
  })
}

function flag(value: Clojure | undefined): boolean | undefined {
  if (value === null || value === undefined) return undefined
  if (typeof value !== 'boolean') throw new TypeError(`not a boolean: ${writeClojure(value)}`)
  return value
}

function tagOf(value: Clojure): string {
  const tag = text(value)
  if (tag === undefined) throw new TypeError('a tag that is nil')
  return tag
}

function text(value: Clojure | undefined): string | undefined {
  if (value === null || value === undefined) return undefined
  if (typeof value !== 'string') throw new TypeError(`not a string: ${writeClojure(value)}`)
  return value
}

function number(value: Clojure | undefined): number | undefined {
  if (value === null || value === undefined) return undefined
  if (typeof value !== 'number') throw new TypeError(`not a number: ${writeClojure(value)}`)
  return value
}

/** The message again, with the attributes of each event in order of their keys, as their order means nothing, and as plain JSON. */
function canonical(msg: wire.Msg.$Properties): unknown {
  const bytes = wire.Msg.encode(msg).finish()
  const { ok, error, query, events } = wire.Msg.decode(bytes)
  return {
    ok,
    error,
    query: query?.string,
    events: events.map(({ attributes, ...event }) => ({
      ...event,
      attributes: Object.entries(Object.fromEntries(attributes.map(({ key, value }) => [key, value]))).sort(),
    })),
  }
}
