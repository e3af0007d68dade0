import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { zstdDecompressSync } from 'node:zlib'
import { hasCode } from './io.ts'

/*
 * A segment that is not added to any more may stand compressed in a file `….weirj.zst`, in place of its own. It is in
 * Zstandard's seekable format, which `zstd -d` reads: frames of at most 1 MiB of the segment each, then a skippable frame with a
 * table of their sizes. Numbers are of 4 bytes, little-endian:
 *
 *    magic of a skippable frame, its length; for each frame its length and that of what is in it; the number of frames,
 *    a byte 0, magic of the format
 */

/** How much of a segment is in a frame, at most. */
export const FRAME_BYTES = 1024 * 1024
const SKIPPABLE = 0x184d2a5e
const SEEKABLE = 0x8f92eab1
const FOOTER = 9
const ENTRY = 8
/** Beyond it a table is none. */
const FRAMES_LIMIT = 1_000_000

/** A frame of a compressed segment: its length on disk, and how much is in it. */
export interface Frame {
  readonly stored: number
  readonly size: number
}

/** The bytes of a segment, wherever they stand. */
export interface Source {
  /** The bytes of the segment. */
  readonly size: number
  /** The same on disk, where the segment is compressed. */
  readonly stored: number | undefined
  /** As `readSync` does; throws as node:fs, or where a frame is damaged. */
  read(into: Buffer, offset: number, length: number, at: number): number
  close(): void
}

/** The file of a segment when it is compressed. */
export function compressedFile(file: string): string {
  return `${file}.zst`
}

/** Opens a segment, compressed or not. Throws as node:fs does, or in words where the table of a compressed one is damaged. */
export function openSource(file: string): Source {
  try {
    return new PlainSource(openSync(file, 'r'))
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
  }
  const fd = openSync(compressedFile(file), 'r')
  try {
    return new CompressedSource(fd)
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

/** The table behind the frames of a compressed segment. */
export function encodeFrames(frames: readonly Frame[]): Buffer {
  const table = Buffer.alloc(8 + ENTRY * frames.length + FOOTER)
  table.writeUInt32LE(SKIPPABLE, 0)
  table.writeUInt32LE(table.length - 8, 4)
  for (const [place, { stored, size }] of frames.entries()) {
    table.writeUInt32LE(stored, 8 + ENTRY * place)
    table.writeUInt32LE(size, 12 + ENTRY * place)
  }
  table.writeUInt32LE(frames.length, table.length - FOOTER)
  table.writeUInt32LE(SEEKABLE, table.length - 4)
  return table
}

class PlainSource implements Source {
  readonly stored = undefined
  readonly #fd: number

  constructor(fd: number) {
    this.#fd = fd
  }

  get size(): number {
    return fstatSync(this.#fd).size
  }

  read(into: Buffer, offset: number, length: number, at: number): number {
    return readSync(this.#fd, into, offset, length, at)
  }

  close(): void {
    closeSync(this.#fd)
  }
}

class CompressedSource implements Source {
  readonly size: number
  readonly stored: number
  readonly #fd: number
  /** Where each frame begins: in the segment, and in the file; and where the last one ends. */
  readonly #at: number[] = [0]
  readonly #inFile: number[] = [0]
  #open: { readonly frame: number; readonly bytes: Buffer } | undefined

  constructor(fd: number) {
    this.#fd = fd
    this.stored = fstatSync(fd).size
    for (const { stored, size } of readFrames(fd, this.stored)) {
      this.#at.push((this.#at.at(-1) ?? 0) + size)
      this.#inFile.push((this.#inFile.at(-1) ?? 0) + stored)
    }
    this.size = this.#at.at(-1) ?? 0
  }

  read(into: Buffer, offset: number, length: number, at: number): number {
    if (at >= this.size) return 0
    const frame = this.#frameOf(at)
    const start = at - (this.#at[frame] ?? 0)
    return this.#bytesOf(frame).copy(into, offset, start, start + length)
  }

  close(): void {
    closeSync(this.#fd)
  }

  #frameOf(at: number): number {
    let [low, high] = [0, this.#at.length - 1]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((this.#at[middle] ?? 0) <= at) low = middle
      else high = middle
    }
    return low
  }

  #bytesOf(frame: number): Buffer {
    if (this.#open?.frame === frame) return this.#open.bytes
    const from = this.#inFile[frame] ?? 0
    const stored = Buffer.alloc((this.#inFile[frame + 1] ?? 0) - from)
    fill(this.#fd, stored, from)
    const bytes = zstdDecompressSync(stored)
    if (bytes.length !== (this.#at[frame + 1] ?? 0) - (this.#at[frame] ?? 0))
      throw new Error('a compressed frame has another length than its table says')
    this.#open = { frame, bytes }
    return bytes
  }
}

function readFrames(fd: number, stored: number): Frame[] {
  const damaged = new Error('the table of the compressed file is damaged')
  const footer = Buffer.alloc(FOOTER)
  if (stored < 8 + FOOTER) throw damaged
  fill(fd, footer, stored - FOOTER)
  const count = footer.readUInt32LE(0)
  const length = 8 + ENTRY * count + FOOTER
  if (footer.readUInt32LE(5) !== SEEKABLE || count > FRAMES_LIMIT || length > stored) throw damaged
  const table = Buffer.alloc(length)
  fill(fd, table, stored - length)
  const frames = Array.from({ length: count }, (_, place) => ({
    stored: table.readUInt32LE(8 + ENTRY * place),
    size: table.readUInt32LE(12 + ENTRY * place),
  }))
  const sum = frames.reduce((total, frame) => total + frame.stored, 0)
  const tooLarge = frames.some(({ size }) => size > FRAME_BYTES)
  if (table.readUInt32LE(0) !== SKIPPABLE || sum !== stored - length || tooLarge) throw damaged
  return frames
}

function fill(fd: number, into: Buffer, at: number): void {
  for (let filled = 0; filled < into.length; ) {
    const count = readSync(fd, into, filled, into.length - filled, at + filled)
    if (count === 0) throw new Error('the compressed file ends early')
    filled += count
  }
}
