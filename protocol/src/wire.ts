import { ProtocolError } from './error.ts'

/** How deep groups may be nested within unknown fields: Java's default. */
const MAX_DEPTH = 100
/** What a varint takes at most; it may be padded up to that. */
const MAX_VARINT = 10

/** Of the memory that was read last: a chunk that comes over a connection has many messages, and a view is dear. */
let latest: DataView = new DataView(new ArrayBuffer(0))

/**
 * Reads protobuf's wire format, as lenient and as strict as the Java reader that Riemann uses.
 *
 * `end` is that of the message that is being read, within others; nothing reads beyond it. Each method throws a
 * ProtocolError `bad-protobuf` where the bytes are not what it reads.
 */
export class Wire {
  /** All of the memory that the message is a part of. */
  readonly bytes: DataView
  pos: number
  end: number

  constructor(bytes: DataView, start: number, end: number) {
    this.bytes = bytes
    this.pos = start
    this.end = end
  }

  static of({ buffer, byteOffset, length }: Uint8Array): Wire {
    if (latest.buffer !== buffer) latest = new DataView(buffer)
    return new Wire(latest, byteOffset, byteOffset + length)
  }

  /** A tag: of a varint, however padded, the lower 32 bits. */
  tag(): number {
    const byte = this.#byte()
    return byte < 128 ? byte : this.#uint32(byte)
  }

  /** The length of what follows, which lies within the message. */
  size(): number {
    const byte = this.#byte()
    const size = byte < 128 ? byte : this.#uint32(byte)
    if (size > this.end - this.pos) throw malformed(`${size} bytes are announced, and fewer follow`)
    return size
  }

  bool(): boolean {
    let bits = 0
    for (let i = 0; i < MAX_VARINT; i++) {
      const byte = this.#byte()
      bits |= byte & 127
      if (byte < 128) return bits !== 0
    }
    throw malformed('a varint of more than ten bytes')
  }

  /** An int64, or with `zigzag` a sint64, rounded to a double beyond 2^53. */
  integer(zigzag: boolean): number {
    if (!zigzag && this.pos + 8 <= this.end) {
      // The microseconds of our days take eight bytes.
      const low = this.bytes.getInt32(this.pos, true)
      const high = this.bytes.getInt32(this.pos + 4, true)
      if ((low & CONTINUED) === CONTINUED && (high & CONTINUED) === ENDED) {
        this.pos += 8
        return packed(high) * TWO_28 + packed(low)
      }
    }
    let low = 0
    let high = 0
    for (let i = 0; i < MAX_VARINT; i++) {
      const byte = this.#byte()
      const bits = byte & 127
      if (i < 5) low |= bits << (7 * i)
      if (i === 4) high = bits >>> 4
      else if (i > 4) high |= bits << (7 * i - 32)
      if (byte >= 128) continue
      if (!zigzag) return high * TWO_32 + (low >>> 0)
      const sign = -(low & 1)
      return ((high >>> 1) ^ sign) * TWO_32 + ((((low >>> 1) | (high << 31)) ^ sign) >>> 0)
    }
    throw malformed('a varint of more than ten bytes')
  }

  float(): number {
    const from = this.pos
    this.#pass(4)
    return this.bytes.getFloat32(from, true)
  }

  double(): number {
    const from = this.pos
    this.#pass(8)
    return this.bytes.getFloat64(from, true)
  }

  /** Passes over what comes after a tag; `depth` is how many messages and groups are around it. */
  skip(tag: number, depth: number): void {
    const field = tag >>> 3
    if (field === 0) throw malformed('a field with the number 0')
    switch (tag & 7) {
      case VARINT:
        this.bool()
        break
      case FIXED64:
        this.#pass(8)
        break
      case BYTES:
        this.#pass(this.size())
        break
      case GROUP:
        this.#skipGroup(field, depth)
        break
      case FIXED32:
        this.#pass(4)
        break
      default:
        throw malformed(`wire type ${tag & 7} where a field begins`)
    }
  }

  #skipGroup(field: number, depth: number): void {
    if (depth >= MAX_DEPTH) throw malformed('groups nested too deep')
    for (;;) {
      const tag = this.tag()
      if ((tag & 7) !== END_OF_GROUP) this.skip(tag, depth + 1)
      else if (tag >>> 3 === field) return
      else throw malformed('the end of another group than the one that began')
    }
  }

  #pass(count: number): void {
    if (count > this.end - this.pos) throw malformed('it ends within a field')
    this.pos += count
  }

  #byte(): number {
    if (this.pos >= this.end) throw malformed('it ends within a field')
    return this.bytes.getUint8(this.pos++)
  }

  /** The lower 32 bits of a varint that began with this byte. */
  #uint32(first: number): number {
    let value = first & 127
    for (let i = 1; i < MAX_VARINT; i++) {
      const byte = this.#byte()
      if (i < 5) value |= (byte & 127) << (7 * i)
      if (byte < 128) return value >>> 0
    }
    throw malformed('a varint of more than ten bytes')
  }
}

const TWO_32 = 0x1_0000_0000

/** Wire types. */
const VARINT = 0
const FIXED64 = 1
const BYTES = 2
const GROUP = 3
const END_OF_GROUP = 4
const FIXED32 = 5

export function malformed(why: string): ProtocolError {
  return new ProtocolError('bad-protobuf', `not a Riemann message: ${why}`)
}

/** The upper bit of each of four bytes of a varint: of which another one follows, and of which the last one is the end. */
const CONTINUED = 0x80808080 | 0
const ENDED = 0x00808080
const TWO_28 = 2 ** 28

/** The 28 bits of four bytes of a varint. */
function packed(word: number): number {
  return (word & 0x7f) | ((word >>> 1) & 0x3f80) | ((word >>> 2) & 0x1fc000) | ((word >>> 3) & 0xfe00000)
}
