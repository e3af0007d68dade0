import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeMsg } from './decode.ts'
import { ProtocolError } from './error.ts'
import { type Event, NO_ATTRIBUTES, NO_TAGS } from './event.ts'
import { MAX_EVENTS, MAX_TTL } from './limits.ts'
import * as wire from './riemann.js'

const NOW = 1_700_000_000_123_456
const SAFE = Number.MAX_SAFE_INTEGER

/** An int64 that is no safe integer, which protobufjs can't be given as a number: its bits from bytes. */
function int64(value: bigint): NonNullable<wire.Event['time']> {
  const bytes: number[] = [0x08]
  let rest = BigInt.asUintN(64, value)
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128)
  bytes.push(Number(rest))
  const { time } = wire.Event.decode(Uint8Array.from(bytes))
  if (time === null) throw new Error('no time')
  return time
}

/** The event that is decoded from one with these fields on the wire. */
function decoded(event: wire.Event.$Properties): Event {
  const [first, ...more] = decodeMsg(wire.Msg.encode({ events: [event] }).finish(), NOW).events
  if (first === undefined || more.length > 0) throw new Error('not one event')
  return first
}

describe('an event', () => {
  test('with nothing has only a time', () => {
    expect(decoded({})).toStrictEqual({
      host: undefined,
      service: undefined,
      state: undefined,
      description: undefined,
      metric: undefined,
      time: NOW,
      ttl: undefined,
      tags: NO_TAGS,
      attributes: NO_ATTRIBUTES,
    })
  })

  test.each<[string, wire.Event.$Properties, number | undefined]>([
    ['sint64 goes first, also when 0', { metricSint64: 0, metricD: 1, metricF: 2 }, 0],
    ['then d, also when 0', { metricD: 0, metricF: 2 }, 0],
    ['then f, which has 32 bits', { metricF: 1.1 }, Math.fround(1.1)],
    ['none', {}, undefined],
    ['-0', { metricD: -0 }, -0],
    ['a safe integer is exact', { metricSint64: -SAFE }, -SAFE],
    ['beyond, it is rounded', { metricSint64: int64(2n ** 63n - 1n) }, 2 ** 63],
    ['the smallest', { metricSint64: int64(-(2n ** 63n)) }, -(2 ** 63)],
    ['NaN is none', { metricD: Number.NaN }, undefined],
    ['infinity is none', { metricF: Number.NEGATIVE_INFINITY }, undefined],
    [
      'infinity hides what comes later in order',
      { metricD: Number.POSITIVE_INFINITY, metricF: 1 },
      undefined,
    ],
  ])('metric: %s', (_, fields, metric) => {
    expect(decoded(fields).metric).toBe(metric)
  })

  test.each<[string, wire.Event.$Properties, number]>([
    ['time_micros goes first', { timeMicros: 9_000_001, time: 5 }, 9_000_001],
    ['also when 0', { timeMicros: 0, time: 5 }, 0],
    ['before 1970', { timeMicros: -1 }, -1],
    ['then time, in seconds', { time: 5 }, 5_000_000],
    ['then now', {}, NOW],
    ['far in the future', { timeMicros: int64(2n ** 63n - 1n) }, SAFE],
    ['far in the past', { timeMicros: int64(-(2n ** 63n)) }, -SAFE],
    ['seconds far in the future', { time: int64(2n ** 63n - 1n) }, SAFE],
    ['microseconds sent as seconds', { time: NOW }, SAFE],
  ])('time: %s', (_, fields, time) => {
    expect(decoded(fields).time).toBe(time)
  })

  test.each<[number | null, number | undefined]>([
    [null, undefined],
    [0, 0],
    [-3, -3],
    [0.1, Math.fround(0.1)],
    [Number.NaN, undefined],
    [Number.POSITIVE_INFINITY, MAX_TTL],
    [Number.NEGATIVE_INFINITY, -MAX_TTL],
    [3e38, MAX_TTL],
  ])('ttl: %s is %s', (ttl, expected) => {
    expect(decoded({ ttl }).ttl).toBe(expected)
  })

  test('attributes: the last wins, none is an empty value, no key is special, fields stay', () => {
    const { host, attributes } = decoded({
      host: 'web-1',
      attributes: [
        { key: 'k', value: 'first' },
        { key: 'k', value: 'second' },
        { key: 'empty' },
        { key: '__proto__', value: 'p' },
        { key: 'constructor', value: 'c' },
        { key: 'host', value: 'elsewhere' },
        { key: '', value: 'nameless' },
      ],
    })
    expect(host).toBe('web-1')
    expect(Object.getPrototypeOf(attributes)).toBe(null)
    expect(Object.entries(attributes)).toEqual([
      ['k', 'second'],
      ['empty', ''],
      ['__proto__', 'p'],
      ['constructor', 'c'],
      ['host', 'elsewhere'],
      ['', 'nameless'],
    ])
  })

  test('an empty string is present', () => {
    expect(decoded({ host: '', tags: [''] })).toMatchObject({ host: '', tags: [''] })
  })

  test('ten thousand tags are kept', () => {
    expect(decoded({ tags: Array.from({ length: 10_000 }, (_, i) => `t${i}`) }).tags.at(-1)).toBe('t9999')
  })
})

/** What `hex` decodes to: the services of the events, or `rejected`. */
function outcome(hex: string): (string | undefined)[] | 'rejected' {
  try {
    return decodeMsg(Buffer.from(hex.replaceAll(' ', ''), 'hex'), NOW).events.map(({ service }) => service)
  } catch (thrown) {
    if (thrown instanceof ProtocolError && thrown.reason === 'bad-protobuf') return 'rejected'
    throw thrown
  }
}

const GROUPS = (depth: number) => `${'0b'.repeat(depth)}${'0c'.repeat(depth)}`
/** An event with an attribute that has so many groups in one another. */
const IN_ATTRIBUTE = (depth: number) => {
  const attribute = `0a00${GROUPS(depth)}`
  const [inner, outer] = [2 + 2 * depth, 5 + 2 * depth].map(
    (size) => `${((size & 127) | 128).toString(16)}${(size >> 7).toString(16).padStart(2, '0')}`,
  )
  return `32${outer}4a${inner}${attribute}`
}

describe('a message', () => {
  test.each<[string, Uint8Array, { ok?: boolean; error?: string; query?: string }]>([
    ['empty', wire.Msg.encode({}).finish(), {}],
    ['ok', wire.Msg.encode({ ok: true }).finish(), { ok: true }],
    ['not ok', wire.Msg.encode({ ok: false, error: '' }).finish(), { ok: false, error: '' }],
    ['a query', wire.Msg.encode({ query: { string: 'true' } }).finish(), { query: 'true' }],
    ['a query of nothing', wire.Msg.encode({ query: { string: '' } }).finish(), { query: '' }],
    ['a query without string', wire.Msg.encode({ query: {} }).finish(), { query: '' }],
    ['queries merged', Buffer.from('2a030a01612a00', 'hex'), { query: 'a' }],
    ['the last query', Buffer.from('2a030a01612a030a0162', 'hex'), { query: 'b' }],
  ])('%s', (_, bytes, expected) => {
    const { events, ...rest } = decodeMsg(bytes, NOW)
    expect(events).toEqual([])
    expect(rest).toEqual(expected)
  })

  test.each([
    ['an event', '32 03 1a0173', ['s']],
    ['cut short in a string', '32 03 1a0273', 'rejected'],
    ['cut short in a length', '32 03 1a01', 'rejected'],
    ['cut short in a tag', '32 03 1a0173 b2', 'rejected'],
    ['a field that runs over its message', '32 02 1a01 73', 'rejected'],
    ['a length padded to six bytes', '32 838080808000 1a0173', ['s']],
    ['a tag padded to six bytes', 'b28080808000 03 1a0173', ['s']],
    ['a tag whose bits above 32 do not count', 'b28080808001 03 1a0173', ['s']],
    ['a tag of more than 32 bits', 'f2ffffffff01 00', []],
    ['a length above 2 GiB', '32 ffffffff0f', 'rejected'],
    ['a negative length', '32 ffffffffffffffffff01', 'rejected'],
    ['tag zero', '00', 'rejected'],
    ['field number zero', '02 00', 'rejected'],
    ['wire type 6', '36 00', 'rejected'],
    ['an event as varint', '30 05', []],
    ['a service as fixed64', '32 0b 19 0102030405060708 0801', [undefined]],
    ['an unknown varint of ten bytes', '08 ffffffffffffffffff01', []],
    ['an unknown varint of eleven bytes', '08 ffffffffffffffffffff01', 'rejected'],
    ['a known varint of eleven bytes', '10 ffffffffffffffffffff01', 'rejected'],
    ['an unknown fixed64 cut short', '09 01020304', 'rejected'],
    ['unknown bytes cut short', '0a 05 01', 'rejected'],
    ['an unknown group', '0b 0801 0c 32 03 1a0173', ['s']],
    ['a group that does not end', '0b 0801', 'rejected'],
    ['a group ended by another', '0b 14', 'rejected'],
    ['an end of group alone', '0c', 'rejected'],
    ['a hundred groups in one another', GROUPS(100), []],
    ['a hundred and one', GROUPS(101), 'rejected'],
    ['a hundred thousand', GROUPS(100_000), 'rejected'],
    ['ninety-nine in an attribute', IN_ATTRIBUTE(99), [undefined]],
    ['a hundred in an attribute', IN_ATTRIBUTE(100), 'rejected'],
    ['an attribute without a key', '32 05 4a 03 120176', 'rejected'],
    ['a state of old clients', '22 03 1a0173', []],
    ['a state cut short', '22 03 1a0273', 'rejected'],
  ])('%s', (_, hex, expected) => {
    expect(outcome(hex)).toEqual(expected)
  })

  test.each([
    ['a broken byte', '32 05 1a03 61e962', ['a\ufffdb']],
    ['cut within a character', '32 04 1a02 e282', ['\ufffd']],
    ['a byte order mark stays', '32 06 1a04 efbbbf61', ['\ufeffa']],
  ])('invalid UTF-8: %s', (_, hex, expected) => {
    expect(outcome(hex)).toEqual(expected)
  })

  test('has MAX_EVENTS events at most', () => {
    expect(decodeMsg(Buffer.from('3200'.repeat(MAX_EVENTS), 'hex'), NOW).events).toHaveLength(MAX_EVENTS)
    const more = Buffer.from('3200'.repeat(MAX_EVENTS + 1), 'hex')
    expect(() => decodeMsg(more, NOW)).toThrow(
      new ProtocolError('too-many-events', 'more than 100000 events in one message'),
    )
  })

  test('of whatever bytes decodes to safe events or is refused with a ProtocolError', () => {
    const valid = wire.Msg.encode({
      query: { string: 'q' },
      events: [
        { host: 'h', tags: ['t', 'ü'], metricD: 1.5, ttl: 60, timeMicros: NOW },
        { service: 's', metricSint64: -5, time: 1, attributes: [{ key: 'k', value: 'v' }] },
      ],
    }).finish()
    const mutated = fc
      .array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
      .map((changes) => {
        const bytes = valid.slice()
        for (const [at, byte] of changes) bytes[at] = byte
        return bytes
      })
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 60 }), mutated), (bytes) => {
        try {
          for (const event of decodeMsg(bytes, NOW).events) {
            expect(Number.isSafeInteger(event.time)).toBe(true)
            expect(Number.isFinite(event.metric ?? 0) && Number.isFinite(event.ttl ?? 0)).toBe(true)
          }
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(ProtocolError)
        }
      }),
      { numRuns: 2000 },
    )
  })
})
