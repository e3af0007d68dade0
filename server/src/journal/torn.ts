import { closeSync, openSync, readSync } from 'node:fs'
import { diskError, type JournalIo, writeAll } from './io.ts'
import type { Segment } from './segment.ts'

/** How many `.torn-<n>` files a segment has at most; what is cut off after that is not kept. */
export const TORN_LIMIT = 8

const CHUNK = 1024 * 1024
const NAME = /^(\d{16}\.weirj)\.torn-\d+$/

/** Bytes that opening cut off the end of a segment, because they were no whole record. */
export interface Torn {
  readonly file: string
  /** Where the segment ends now. */
  readonly offset: number
  readonly bytes: number
  /** The file that keeps them, `<segment>.torn-<n>`; undefined where there are eight already or the disk took no more. */
  readonly kept: string | undefined
}

/** The name of the segment that a file's name says it was cut from; undefined for any other name. */
export function segmentOfTorn(name: string): string | undefined {
  return NAME.exec(name)?.[1]
}

/**
 * Cuts the segment off at `offset`, keeping what was there in a file beside it.
 *
 * @throws WeirError WEIR_JOURNAL_WRITE when the file cannot be cut.
 */
export function cutTail(segment: Segment, offset: number, io: JournalIo): Torn {
  const { file } = segment
  const bytes = segment.size - offset
  const kept = keepTail(segment, offset, io)
  try {
    const fd = io.open(file, 'r+')
    try {
      io.truncate(fd, offset)
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    throw diskError(file, error)
  }
  segment.size = offset
  if (kept !== undefined) segment.torn.push({ file: kept, bytes })
  return { file, offset, bytes, kept }
}

function keepTail(segment: Segment, offset: number, io: JournalIo): string | undefined {
  if (segment.torn.length >= TORN_LIMIT) return undefined
  const names = new Set(segment.torn.map((torn) => torn.file))
  let number = 1
  while (names.has(`${segment.file}.torn-${number}`)) number += 1
  const file = `${segment.file}.torn-${number}`
  try {
    copy(segment.file, offset, segment.size, file, io)
    return file
  } catch {
    try {
      io.unlink(file)
    } catch {
      // Nothing of it was written, or it stays as the part that fitted.
    }
    return undefined
  }
}

function copy(from: string, start: number, end: number, to: string, io: JournalIo): void {
  const source = openSync(from, 'r')
  try {
    const target = io.open(to, 'wx')
    try {
      const buffer = Buffer.allocUnsafe(Math.min(CHUNK, end - start))
      for (let at = start; at < end; ) {
        const count = readSync(source, buffer, 0, Math.min(buffer.length, end - at), at)
        if (count === 0) break
        writeAll(io, target, buffer, count, at - start)
        at += count
      }
    } finally {
      closeSync(target)
    }
  } finally {
    closeSync(source)
  }
}
