import { globSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeMsg, type Msg } from './decode.ts'
import { ProtocolError } from './error.ts'
import { decodeByReference } from './reference.fixture.ts'

// Whatever the bytes are, our decoder says what protobufjs's code with our rules says: the same events, or that it is
// no message.

const NOW = 1_700_000_000_123_456

/** The message, or why it is none. */
function outcome(decode: (bytes: Uint8Array, now: number) => Msg, bytes: Uint8Array): Msg | string {
  try {
    return decode(bytes, NOW)
  } catch (thrown) {
    if (thrown instanceof ProtocolError) return thrown.reason
    throw thrown
  }
}

function same(bytes: Uint8Array): void {
  const ours = outcome(decodeMsg, bytes)
  expect(ours).toStrictEqual(outcome(decodeByReference, bytes))
  // The second time, what it remembers is used.
  expect(outcome(decodeMsg, bytes)).toStrictEqual(ours)
}

type Bytes = readonly number[]

function varintOf(value: bigint, padding = 0): Bytes {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, value)
  do {
    bytes.push(Number(rest & 127n) | 128)
    rest >>= 7n
  } while (rest > 0n)
  while (bytes.length < 10 && padding > 0 && bytes.length - 1 < padding) bytes.push(128)
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) & 127
  return bytes
}

const varint = fc
  .tuple(fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.bigInt({ min: 0n, max: 300n })), fc.nat(9))
  .map(([value, padding]) => varintOf(value, padding))
const raw = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => [...bytes])
const text = fc.oneof(
  fc
    .constantFrom('', 'web-1', 'cpu', 'ok', '__proto__', 'ü', 'x'.repeat(64), 'y'.repeat(65))
    .map((word) => [...Buffer.from(word)]),
  fc.uint8Array({ maxLength: 12 }).map((bytes) => [...bytes]),
)

/** A length that is right, most of the time, and padded now and then. */
function delimited(content: fc.Arbitrary<Bytes>): fc.Arbitrary<Bytes> {
  const wrong = fc.oneof(
    { weight: 60, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: -2, max: 2 }) },
  )
  const padding = fc.oneof({ weight: 20, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(9) })
  return fc
    .tuple(content, wrong, padding)
    .map(([bytes, by, pad]) => [...varintOf(BigInt(Math.max(0, bytes.length + by)), pad), ...bytes])
}

function field(number: number, wireType: number, content: fc.Arbitrary<Bytes>): fc.Arbitrary<Bytes> {
  const padding = fc.oneof({ weight: 20, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(9) })
  return fc
    .tuple(padding, content)
    .map(([pad, bytes]) => [...varintOf(BigInt((number << 3) | wireType), pad), ...bytes])
}

/** Any field of any wire type, groups among them. */
const anything = fc.letrec<{ field: Bytes }>((tie) => ({
  field: fc.oneof(
    { maxDepth: 4 },
    fc.nat(17).chain((number) => field(number, 0, varint)),
    fc.nat(17).chain((number) => field(number, 1, raw(8))),
    fc.nat(17).chain((number) => field(number, 2, delimited(text))),
    fc.nat(17).chain((number) => field(number, 5, raw(4))),
    fc
      .nat(17)
      .chain((number) =>
        fc
          .tuple(fc.array(tie('field'), { maxLength: 3 }), fc.constantFrom(number, number, number, 3))
          .map(([inner, end]) => [
            ...varintOf(BigInt((number << 3) | 3)),
            ...inner.flat(),
            ...varintOf(BigInt((end << 3) | 4)),
          ]),
      ),
    fc.nat(17).chain((number) => field(number, 6, fc.constant([]))),
  ),
})).field

function message(...fields: readonly fc.WeightedArbitrary<Bytes>[]): fc.Arbitrary<Bytes> {
  return fc
    .array(fc.oneof(...fields, { weight: 1, arbitrary: anything }), { maxLength: 12 })
    .map((bytes) => bytes.flat())
}

const attribute = message(
  { weight: 20, arbitrary: field(1, 2, delimited(text)) },
  { weight: 10, arbitrary: field(2, 2, delimited(text)) },
)
const event = message(
  ...[2, 3, 4, 5].map((number) => ({ weight: 5, arbitrary: field(number, 2, delimited(text)) })),
  ...[1, 10, 13].map((number) => ({ weight: 5, arbitrary: field(number, 0, varint) })),
  { weight: 15, arbitrary: field(7, 2, delimited(text)) },
  { weight: 15, arbitrary: field(9, 2, delimited(attribute)) },
  { weight: 5, arbitrary: field(14, 1, raw(8)) },
  ...[8, 15].map((number) => ({ weight: 5, arbitrary: field(number, 5, raw(4)) })),
)
const msg = message(
  { weight: 40, arbitrary: field(6, 2, delimited(event)) },
  { weight: 3, arbitrary: field(4, 2, delimited(event)) },
  { weight: 3, arbitrary: field(5, 2, delimited(attribute)) },
  { weight: 2, arbitrary: field(2, 0, varint) },
  { weight: 2, arbitrary: field(3, 2, delimited(text)) },
).map((bytes) => Uint8Array.from(bytes))

describe('our decoder and protobufjs say the same', () => {
  test('of messages with every field in any order, often, padded, in groups, of any value', () => {
    let events = 0
    fc.assert(
      fc.property(msg, (bytes) => {
        same(bytes)
        const made = outcome(decodeMsg, bytes)
        if (typeof made !== 'string') events += made.events.length
      }),
      { numRuns: 3000 },
    )
    expect(events).toBeGreaterThan(1000)
  })

  test('of whatever bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => same(bytes)),
      { numRuns: 3000 },
    )
  })

  test('of what real senders sent, whole, cut and garbled', () => {
    const dir = new URL('../../test/samples/', import.meta.url).pathname
    const samples = globSync('**/*.bin', { cwd: dir }).map((file) => {
      const bytes = readFileSync(dir + file)
      return file.endsWith('.frame.bin') ? bytes.subarray(4) : bytes
    })
    expect(samples.length).toBeGreaterThan(100)
    for (const sample of samples) same(sample)
    const change = fc.tuple(fc.nat(), fc.nat(255))
    const garbled = fc.tuple(
      fc.constantFrom(...samples),
      fc.array(change, { minLength: 1, maxLength: 4 }),
      fc.nat(),
    )
    fc.assert(
      fc.property(garbled, ([sample, changes, cut]) => {
        const bytes = Uint8Array.from(sample)
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte
        same(bytes)
        same(bytes.subarray(0, cut % bytes.length))
      }),
      { numRuns: 1500 },
    )
  })
})
