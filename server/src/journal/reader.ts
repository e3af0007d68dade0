import { WeirError } from '../errors.ts'
import { decodeRecord, isRecord, type JournalRecord, RECORD_OVERHEAD, recordLength } from './record.ts'
import { FORMAT, HEADER_BYTES, type Segment } from './segment.ts'
import { openSource, type Source } from './source.ts'

/** How much is read at once; a longer record is read whole. */
const CHUNK = 1024 * 1024

/**
 * Reads the records of one segment in order.
 *
 * A damaged record whose length is sound costs only itself: the record after it, whose checksum vouches for its
 * position, shows that. Otherwise reading ends there, and `offset` stays before `size`.
 */
export class SegmentReader {
  /** Where the next record begins, which is the end of the last one. */
  offset = HEADER_BYTES
  /** The position of the next record. */
  position: number
  /** How far the segment goes. */
  size: number
  readonly #file: string
  readonly #source: Source
  readonly #skipped: (offset: number, position: number) => void
  #buffer: Buffer = Buffer.alloc(0)
  /** Where in the file the buffer begins. */
  #start = 0

  /** `skipped` hears of each damaged record that was passed over. Throws what node:fs does. */
  constructor(segment: Segment, skipped: (offset: number, position: number) => void) {
    this.#file = segment.file
    this.#source = openSource(segment.file)
    this.#skipped = skipped
    this.position = segment.first
    this.size = segment.size
  }

  /**
   * The next whole record, or undefined where there is none.
   *
   * @throws WeirError WEIR_JOURNAL_INVALID at a record of a kind that this hub does not know; what node:fs throws
   * when the disk fails.
   */
  next(): JournalRecord | undefined {
    let length = this.#whole(this.offset, this.position)
    if (length === 0) {
      const after = this.offset + this.#length(this.offset)
      length = this.#whole(after, this.position + 1)
      if (length === 0) return undefined
      this.#skipped(this.offset, this.position)
      this.offset = after
      this.position += 1
    }
    const start = this.offset - this.#start
    const record = decodeRecord(this.#buffer, start, start + length, this.position)
    if (typeof record === 'number') throw this.#unknownKind(record)
    this.offset += length
    this.position += 1
    return record
  }

  close(): void {
    this.#source.close()
  }

  /** The length of the whole record at `offset`, which then lies in the buffer; 0 when there is none. */
  #whole(offset: number, position: number): number {
    const length = this.#length(offset)
    if (!this.#load(offset, length)) return 0
    const start = offset - this.#start
    return isRecord(this.#buffer, start, start + length, position) ? length : 0
  }

  #length(offset: number): number {
    return this.#load(offset, RECORD_OVERHEAD)
      ? recordLength(this.#buffer, offset - this.#start)
      : Number.POSITIVE_INFINITY
  }

  /** Sees to it that `length` bytes from `offset` are in the buffer; false when the segment ends before. */
  #load(offset: number, length: number): boolean {
    const end = offset + length
    if (end > this.size) return false
    if (offset >= this.#start && end <= this.#start + this.#buffer.length) return true
    // A new buffer each time: records that were handed out are views of the old one.
    const buffer = Buffer.allocUnsafeSlow(Math.min(Math.max(CHUNK, length), this.size - offset))
    let filled = 0
    while (filled < buffer.length) {
      const count = this.#source.read(buffer, filled, buffer.length - filled, offset + filled)
      if (count === 0) this.size = offset + filled
      if (count === 0) break
      filled += count
    }
    this.#buffer = buffer.subarray(0, filled)
    this.#start = offset
    return length <= filled
  }

  #unknownKind(kind: number): WeirError {
    return new WeirError('WEIR_JOURNAL_INVALID', {
      file: this.#file,
      problem: `the record at byte ${this.offset} is of kind ${kind}, which version ${FORMAT} of the journal format does not have; start the Weir that wrote it, or a newer one`,
    })
  }
}
