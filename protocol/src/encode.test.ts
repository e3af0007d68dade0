import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeMsg, type Msg } from './decode.ts'
import { encodeFrame, encodeMsg } from './encode.ts'
import { type Event, makeEvent } from './event.ts'
import * as wire from './riemann.js'

/** What stands on the wire for one event, as plain numbers. */
function onWire(event: Event): Record<string, unknown> {
  const [first] = wire.Msg.decode(encodeMsg({ events: [event] })).events
  return Object.fromEntries(
    Object.entries(first ?? {}).map(([name, value]) => [
      name,
      value !== null && typeof value === 'object' && 'toNumber' in value ? value.toNumber() : value,
    ]),
  )
}

test.each<[bigint, 'metricSint64' | 'metricD']>([
  [5n, 'metricSint64'],
  [-1n, 'metricSint64'],
  [9007199254740993n, 'metricSint64'],
  [-9223372036854775808n, 'metricSint64'],
  [9223372036854775807n, 'metricSint64'],
  [9223372036854775808n, 'metricD'],
])('the bigint %d is exact, as %s', (metric, field) => {
  const [event] = wire.Msg.decode(encodeMsg({ events: [{ ...makeEvent({ time: 0 }), metric }] })).events
  expect(String(event?.[field])).toBe(String(field === 'metricD' ? Number(metric) : metric))
  expect(event?.[field === 'metricD' ? 'metricSint64' : 'metricD']).toBeNull()
  expect(event?.metricF).toBe(Math.fround(Number(metric)))
})

describe('an event', () => {
  test.each<[number, Record<string, number>]>([
    [0, { metricSint64: 0, metricF: 0 }],
    [-42, { metricSint64: -42, metricF: -42 }],
    [16_777_217, { metricSint64: 16_777_217, metricF: 16_777_216 }],
    [Number.MAX_SAFE_INTEGER, { metricSint64: Number.MAX_SAFE_INTEGER, metricF: 2 ** 53 }],
    [2 ** 53, { metricD: 2 ** 53, metricF: 2 ** 53 }],
    [-0, { metricD: -0, metricF: -0 }],
    [0.1, { metricD: 0.1, metricF: Math.fround(0.1) }],
    [1e308, { metricD: 1e308 }],
    [Number.POSITIVE_INFINITY, { metricD: Number.POSITIVE_INFINITY }],
    [Number.NaN, { metricD: Number.NaN, metricF: Number.NaN }],
  ])('metric %d is written for old and new readers', (metric, expected) => {
    const { tags, attributes, time, timeMicros, ...fields } = onWire(makeEvent({ metric, time: 0 }))
    expect(fields).toEqual(expected)
  })

  test.each([
    [0, 0],
    [1_999_999, 1],
    [-2_250_000, -2],
    [Number.MAX_SAFE_INTEGER, 9_007_199_254],
  ])('time %d is written in microseconds, and in seconds as %d', (timeMicros, time) => {
    expect(onWire(makeEvent({ time: timeMicros }))).toEqual({ time, timeMicros, tags: [], attributes: [] })
  })
})

describe('a message', () => {
  test.each<[string, Partial<Msg>, string]>([
    ['nothing', {}, ''],
    ['ok', { ok: true }, '1001'],
    ['not ok', { ok: false, error: 'x' }, '10001a0178'],
    ['an error that is empty', { ok: false, error: '' }, '10001a00'],
    ['no events', { ok: true, events: [] }, '1001'],
    ['a query', { query: 'true' }, '2a060a0474727565'],
    ['an empty query', { query: '' }, '2a020a00'],
    ['a lone surrogate', { error: 'a\ud800' }, '1a0461efbfbd'],
  ])('%s', (_, msg, hex) => {
    expect(Buffer.from(encodeMsg(msg)).toString('hex')).toBe(hex)
  })

  test('in a frame has its length before it', () => {
    expect(Buffer.from(encodeFrame(encodeMsg({ ok: true }))).toString('hex')).toBe('000000021001')
  })

  test('comes back as it went', () => {
    const text = fc.string({ unit: 'grapheme' })
    const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
    const event: fc.Arbitrary<Event> = fc.record({
      host: maybe(text),
      service: maybe(text),
      state: maybe(text),
      description: maybe(text),
      metric: maybe(fc.oneof(fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true }))),
      time: fc.maxSafeInteger(),
      ttl: maybe(fc.float({ noNaN: true, min: -100_000, max: 100_000 })),
      tags: fc.array(text, { maxLength: 4 }),
      attributes: fc.dictionary(text, text, { maxKeys: 4, noNullPrototype: false }),
    })
    const msg: fc.Arbitrary<Msg> = fc.record({
      ok: maybe(fc.boolean()),
      error: maybe(text),
      query: maybe(text),
      events: fc.array(event, { maxLength: 4 }),
    })
    fc.assert(
      fc.property(msg, (sent) => {
        expect(decodeMsg(encodeMsg(sent), 0)).toEqual(sent)
      }),
    )
  })
})
