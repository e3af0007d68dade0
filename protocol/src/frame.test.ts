import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeFrame } from './encode.ts'
import { ProtocolError } from './error.ts'
import { FrameReader } from './frame.ts'
import { MAX_FRAME } from './limits.ts'

/** The payloads that come out, as hex, when `chunks` go in. */
function read(chunks: Iterable<Uint8Array>, reader = new FrameReader()): string[] {
  const payloads: string[] = []
  for (const chunk of chunks) reader.push(chunk, (payload) => payloads.push(hex(payload)))
  return payloads
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

function header(length: number): Uint8Array {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(length)
  return bytes
}

/** `bytes` cut at the given places. */
function split(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return places.slice(1).map((end, i) => bytes.subarray(places[i], end))
}

function failure(run: () => unknown): ProtocolError {
  try {
    run()
  } catch (thrown) {
    if (thrown instanceof ProtocolError) return thrown
    throw thrown
  }
  throw new Error('nothing was thrown')
}

describe('frames', () => {
  test('are the same however the bytes are split', () => {
    const payload = fc.uint8Array({ maxLength: 40 })
    fc.assert(
      fc.property(fc.array(payload, { maxLength: 8 }), fc.array(fc.nat()), (payloads, cuts) => {
        const reader = new FrameReader()
        expect(read(split(Buffer.concat(payloads.map(encodeFrame)), cuts), reader)).toEqual(payloads.map(hex))
        expect(reader.midFrame).toBe(false)
      }),
    )
  })

  test('may be empty', () => {
    expect(read([Buffer.concat([header(0), header(0)])])).toEqual(['', ''])
  })

  test('within one chunk are views of it', () => {
    const chunk = Buffer.concat([encodeFrame(Buffer.from('ab')), encodeFrame(Buffer.from('cd'))])
    const payloads: Uint8Array[] = []
    new FrameReader().push(chunk, (payload) => payloads.push(payload))
    expect(
      payloads.map(({ buffer, byteOffset }) => [buffer === chunk.buffer, byteOffset - chunk.byteOffset]),
    ).toEqual([
      [true, 4],
      [true, 10],
    ])
  })

  test('over many chunks are gathered: one of 3 MiB that comes in pieces of 1000 bytes', () => {
    const payload = new Uint8Array(3 * 1024 * 1024).map((_, i) => i * 7)
    const frame = encodeFrame(payload)
    const cuts = Array.from({ length: frame.length / 1000 }, (_, i) => i * 1000)
    expect(read(split(frame, cuts))).toEqual([hex(payload)])
  })

  test('keep their bytes when the chunks are used again', () => {
    const payloads: Uint8Array[] = []
    const reader = new FrameReader()
    const chunk = Buffer.alloc(3)
    for (const part of ['000000', '05aabb', 'ccddee']) {
      chunk.write(part, 'hex')
      reader.push(chunk, (payload) => payloads.push(payload))
    }
    expect(payloads.map(hex)).toEqual(['aabbccddee'])
  })

  test.each([
    ['', false],
    ['00', true],
    ['00000002', true],
    ['00000002aa', true],
    ['00000002aabb', false],
    ['00000002aabb00', true],
  ])('after %j the reader stands within a frame: %s', (bytes, midFrame) => {
    const reader = new FrameReader()
    read([Buffer.from(bytes, 'hex')], reader)
    expect(reader.midFrame).toBe(midFrame)
  })
})

describe('a length claimed', () => {
  test.each([
    [MAX_FRAME, 0, 0],
    [MAX_FRAME, 1, 64 * 1024],
    [MAX_FRAME, 100_000, 200_000],
    [MAX_FRAME, MAX_FRAME - 1, MAX_FRAME],
    [1000, 1, 1000],
    [1000, 1000, 0],
  ])('of %d bytes takes memory only as bytes arrive: after %d, %d', (length, arrived, held) => {
    const reader = new FrameReader()
    read([header(length), new Uint8Array(arrived)], reader)
    expect(reader.held).toBe(held)
  })

  test('may be the limit, and no more', () => {
    const reader = new FrameReader(3)
    expect(read([encodeFrame(Buffer.from('abc'))], reader)).toEqual(['616263'])
    const error = failure(() => read([header(4)], reader))
    expect(error).toMatchObject({
      name: 'ProtocolError',
      reason: 'frame-too-large',
      message: 'a frame of 4 bytes, above the limit of 3',
    })
    expect(failure(() => read([encodeFrame(Buffer.from('a'))], reader))).toBe(error)
  })

  test('that is too large leaves the frames before it', () => {
    const payloads: string[] = []
    const bytes = Buffer.concat([
      encodeFrame(Buffer.from('a')),
      header(2 ** 31),
      encodeFrame(Buffer.from('b')),
    ])
    failure(() => new FrameReader().push(bytes, (payload) => payloads.push(hex(payload))))
    expect(payloads).toEqual(['61'])
  })

  test.each([
    ['GET / HTTP/1.1\r\n', 'a frame of 1195725856 bytes, above the limit of 16777216: this looks like HTTP'],
    [
      'POST /events HTTP/1.1\r\n',
      'a frame of 1347375956 bytes, above the limit of 16777216: this looks like HTTP',
    ],
    [
      'cpu 0.5 1700000000\n',
      'a frame of 1668314400 bytes, above the limit of 16777216: this looks like text, beginning with "cpu "',
    ],
    [
      '\x16\x03\x01\x02',
      'a frame of 369295618 bytes, above the limit of 16777216: this looks like TLS, and the port takes plain TCP',
    ],
    ['\xff\xff\xff\xff', 'a frame of 4294967295 bytes, above the limit of 16777216'],
  ])('tells what the sender seems to speak: %j', (bytes, message) => {
    expect(failure(() => read([Buffer.from(bytes, 'latin1')])).message).toBe(message)
  })
})
