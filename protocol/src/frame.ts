import { ProtocolError } from './error.ts'
import { MAX_FRAME } from './limits.ts'

/** Memory for a frame that is still arriving starts here, or at the frame's length, and doubles as bytes come. */
const FIRST_ALLOCATION = 64 * 1024

const NOTHING: Uint8Array = new Uint8Array(0)

/**
 * Cuts the bytes of a TCP connection into frames, however they are split.
 *
 * A frame that lies within one chunk is a view of that chunk: nothing is copied. One that is spread over chunks is
 * gathered, each byte copied about once; the memory follows what has arrived, not what the length claims.
 *
 * @example
 * const reader = new FrameReader()
 * socket.on('data', (chunk) => reader.push(chunk, (payload) => handle(decodeMsg(payload, wall.now()))))
 */
export class FrameReader {
  readonly #maxFrame: number
  /** Of the current frame: how many of the four bytes of its length have arrived, and their value. */
  #header = 0
  #length = 0
  /** Of a payload that began in an earlier chunk: what has arrived. */
  #partial = NOTHING
  #filled = 0
  #failed: ProtocolError | undefined

  /** @param maxFrame The longest payload accepted, in bytes. Default: MAX_FRAME. */
  constructor(maxFrame = MAX_FRAME) {
    this.#maxFrame = maxFrame
  }

  /** Whether a frame has begun and is not complete, so that the connection must not end here. */
  get midFrame(): boolean {
    return this.#header > 0
  }

  /** How many bytes of memory the frame that is still arriving takes. */
  get held(): number {
    return this.#partial.length
  }

  /**
   * Takes the next bytes, and calls `onFrame` with the payload of each frame that they complete, in order.
   *
   * A payload may share the memory of the chunk. `onFrame` should not throw: the rest of the chunk would be lost.
   *
   * @throws {ProtocolError} `frame-too-large`, at every later call too: where the next frame begins can't be known.
   */
  push(chunk: Uint8Array, onFrame: (payload: Uint8Array) => void): void {
    if (this.#failed) throw this.#failed
    let at = 0
    while (true) {
      at = this.#readHeader(chunk, at)
      if (this.#header < 4) return
      const missing = this.#length - this.#filled
      const bytes = chunk.subarray(at, at + missing)
      if (bytes.length < missing) {
        this.#gather(bytes)
        return
      }
      at += missing
      onFrame(this.#finish(bytes))
    }
  }

  #readHeader(chunk: Uint8Array, start: number): number {
    let at = start
    while (this.#header < 4 && at < chunk.length) {
      this.#length = this.#length * 256 + (chunk[at++] ?? 0)
      this.#header++
      if (this.#header === 4 && this.#length > this.#maxFrame) {
        this.#failed = tooLarge(this.#length, this.#maxFrame)
        throw this.#failed
      }
    }
    return at
  }

  #gather(bytes: Uint8Array): void {
    const filled = this.#filled + bytes.length
    if (filled > this.#partial.length) {
      const grown = new Uint8Array(Math.min(this.#length, Math.max(FIRST_ALLOCATION, 2 * filled)))
      grown.set(this.#partial.subarray(0, this.#filled))
      this.#partial = grown
    }
    this.#partial.set(bytes, this.#filled)
    this.#filled = filled
  }

  /** The whole payload, of which `bytes` are the last; the reader is at the next frame's length then. */
  #finish(bytes: Uint8Array): Uint8Array {
    if (this.#filled > 0) this.#gather(bytes)
    const payload = this.#filled > 0 ? this.#partial : bytes
    this.#header = 0
    this.#length = 0
    this.#partial = NOTHING
    this.#filled = 0
    return payload
  }
}

function tooLarge(length: number, limit: number): ProtocolError {
  const first = new Uint8Array(4)
  new DataView(first.buffer).setUint32(0, length)
  return new ProtocolError(
    'frame-too-large',
    `a frame of ${length} bytes, above the limit of ${limit}${hint(first)}`,
  )
}

/** What the sender seems to speak instead, judged by the four bytes that were taken for a length. */
function hint(first: Uint8Array): string {
  if (first[0] === 0x16 && first[1] === 0x03) return ': this looks like TLS, and the port takes plain TCP'
  const text = String.fromCharCode(...first)
  if (/^(GET |PUT |POST|HEAD|DELE|OPTI|PATC|PRI )/.test(text)) return ': this looks like HTTP'
  if (/^[\t\r\n -~]{4}$/.test(text)) return `: this looks like text, beginning with ${JSON.stringify(text)}`
  return ''
}
