import { closeSync } from 'node:fs'
import { diskError, type JournalIo, writeAll } from './io.ts'
import { encodeRecord, type NewRecord } from './record.ts'
import { encodeHeader, HEADER_BYTES, type Segment, type SegmentHeader, segmentFile } from './segment.ts'

const MIB = 1024 * 1024

/** A buffer for a longer write than this is not kept for the next one. */
const KEPT_BUFFER_BYTES = 4 * MIB

/** How an appender treats the disk. */
export interface AppenderOptions {
  readonly dir: string
  readonly io: JournalIo
  /** Whether a write is done only when the disk has it. */
  readonly fsync: boolean
}

/** The file of one segment, open for adding to its end. */
export class Appender {
  readonly segment: Segment
  readonly #options: AppenderOptions
  readonly #fd: number
  /** Whether the file may be longer than the segment, by what a failed write left behind. */
  #ragged = false
  /** Whether the disk is known to have the file's name. */
  #named = false
  #buffer = Buffer.allocUnsafeSlow(64 * 1024)

  private constructor(segment: Segment, flags: 'r+' | 'wx', options: AppenderOptions) {
    this.segment = segment
    this.#options = options
    try {
      this.#fd = options.io.open(segment.file, flags)
    } catch (error) {
      throw diskError(segment.file, error)
    }
  }

  /** Makes an empty file, whose first write will begin with the header. Throws WEIR_JOURNAL_WRITE. */
  static create(header: SegmentHeader, options: AppenderOptions): Appender {
    const file = segmentFile(options.dir, header.first)
    return new Appender({ file, first: header.first, header, size: 0, torn: [] }, 'wx', options)
  }

  /** Goes on with a segment that is there. Throws WEIR_JOURNAL_WRITE. */
  static reopen(segment: Segment, options: AppenderOptions): Appender {
    return new Appender(segment, 'r+', options)
  }

  /**
   * Adds records, all or none; the first has this position, and together they take `length` bytes on disk.
   * One copy and one write, however many there are: measured, that beats handing each to writev.
   * Throws WEIR_JOURNAL_WRITE.
   */
  append(records: readonly NewRecord[], first: number, length: number): void {
    const { header, size } = this.segment
    const start = size === 0 ? HEADER_BYTES : 0
    const buffer = this.#bufferOf(start + length)
    if (size === 0 && header !== undefined) encodeHeader(buffer, header)
    let offset = start
    let position = first
    for (const record of records) {
      offset = encodeRecord(buffer, offset, position, record)
      position += 1
    }
    this.#write(buffer, offset)
  }

  /** Closes the file, and removes it when nothing was written to it. */
  close(): void {
    const { io } = this.#options
    try {
      if (this.#ragged) this.#cut()
      closeSync(this.#fd)
      if (this.segment.size === 0) io.unlink(this.segment.file)
    } catch {
      // What is left behind the records, the next opening cuts off or removes.
    }
  }

  #write(bytes: Uint8Array, length: number): void {
    const { io, fsync } = this.#options
    try {
      if (this.#ragged) this.#cut()
      this.#ragged = true
      writeAll(io, this.#fd, bytes, length, this.segment.size)
      if (fsync) io.sync(this.#fd)
      if (fsync && !this.#named) this.#syncDirectory()
      this.#ragged = false
      this.segment.size += length
    } catch (error) {
      try {
        this.#cut()
      } catch {
        // The next write begins with another attempt.
      }
      throw diskError(this.segment.file, error)
    }
  }

  #cut(): void {
    this.#options.io.truncate(this.#fd, this.segment.size)
    this.#ragged = false
  }

  #syncDirectory(): void {
    const { io, dir } = this.#options
    const fd = io.open(dir, 'r')
    try {
      io.sync(fd)
      this.#named = true
    } finally {
      closeSync(fd)
    }
  }

  #bufferOf(length: number): Buffer {
    if (length <= this.#buffer.length) return this.#buffer
    const buffer = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(length)))
    if (buffer.length <= KEPT_BUFFER_BYTES) this.#buffer = buffer
    return buffer
  }
}
