import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { WeirError } from '../errors.ts'
import { readInteger, writeInteger } from './record.ts'

/*
 * The format, version 1. A journal is a directory of segments, `<first position, 16 digits>.weirj`. A segment is
 * a header and then records with consecutive positions, without padding. All numbers are little-endian; those of
 * 8 bytes are at most 2^53 - 1; times are microseconds since the epoch. Other files in the directory are ignored,
 * but for `<segment>.torn-<n>`: the bytes, as they were, that an opening cut off the end of the segment; and
 * `<segment>.zst`: the segment, compressed (source.ts).
 *
 * Header: 48 bytes, in every version
 *    0   8  magic: WEIRJRNL
 *    8   4  version of the format
 *   12   8  first: position of the first record of this segment
 *   20   8  previous: `first` of the segment before, 0 when there was none
 *   28   8  follows: position of the last record before this segment, 0 when there was none
 *   36   8  created: no record of this segment arrived before, none of an earlier segment after
 *   44   4  crc32 of bytes 0 to 43
 *
 * Record: 17 bytes and its own
 *    0   4  crc32 of all that follows of this record, started from its position modulo 2^32
 *    4   4  length of its bytes, at most 64 MiB
 *    8   8  arrival, never before that of the record before
 *   16   1  kind, see record.ts; never 0
 *   17   …  bytes
 *
 * A position is not written with the record: it is `first` plus the number of records before it, and the checksum
 * proves it. `previous` and `follows` tell a file that is missing, or that lost its end, from positions that were
 * passed over on purpose. A header is written together with the first records, in one write.
 */

/** The version of the format. What raises it must go on reading the older ones, and not add to their segments. */
export const FORMAT = 1

/** What a segment's header takes, in every version of the format. */
export const HEADER_BYTES = 48

const MAGIC = Buffer.from('WEIRJRNL', 'latin1')
const NAME = /^(\d{16})\.weirj$/

/** What the first bytes of a segment say about it. */
export interface SegmentHeader {
  readonly first: number
  readonly previous: number
  readonly follows: number
  readonly created: number
}

/** A segment of an open journal. */
export interface Segment {
  readonly file: string
  readonly first: number
  /** Undefined when it is damaged: then nothing in the segment is read. */
  readonly header: SegmentHeader | undefined
  /** The bytes of the segment, as far as they are header and records; 0 before the first write. */
  size: number
  /** What it takes on disk where it is compressed; see source.ts. */
  stored?: number | undefined
  /** Its `.torn-<n>` files. */
  readonly torn: { readonly file: string; readonly bytes: number }[]
}

/** The file of the segment that begins with this position. */
export function segmentFile(dir: string, first: number): string {
  return join(dir, `${String(first).padStart(16, '0')}.weirj`)
}

/** The first position that a file's name tells; undefined when it is not a segment's name. */
export function firstOfName(name: string): number | undefined {
  const first = Number(NAME.exec(name)?.[1])
  return Number.isSafeInteger(first) && first > 0 ? first : undefined
}

/**
 * The position of a segment's last record, as the segment after it knows it; undefined when that cannot be said.
 * The last segment's is not known from outside.
 */
export function lastPosition(segment: Segment, following: Segment | undefined): number | undefined {
  return following?.header?.previous === segment.first ? following.header.follows : undefined
}

/** What a segment takes on disk, with what was cut off it. */
export function sizeOnDisk(segment: Segment): number {
  return segment.torn.reduce((sum, torn) => sum + torn.bytes, segment.stored ?? segment.size)
}

/** Writes a header at the start of `into`. */
export function encodeHeader(into: Buffer, header: SegmentHeader): void {
  MAGIC.copy(into)
  into.writeUInt32LE(FORMAT, 8)
  writeInteger(into, 12, header.first)
  writeInteger(into, 20, header.previous)
  writeInteger(into, 28, header.follows)
  writeInteger(into, 36, header.created)
  into.writeUInt32LE(crc32(into.subarray(0, 44)), 44)
}

/**
 * The header that these bytes hold; or, in words, why they do not.
 *
 * @throws WeirError WEIR_JOURNAL_INVALID when a newer version of the format wrote it: leaving such a segment out
 * would compute something else from the journal.
 */
export function decodeHeader(bytes: Buffer, file: string, named: number): SegmentHeader | string {
  if (bytes.length < HEADER_BYTES) return 'the file ends within its header'
  if (bytes.readUInt32LE(44) !== crc32(bytes.subarray(0, 44)) || !bytes.subarray(0, 8).equals(MAGIC))
    return 'the header is damaged'
  const version = bytes.readUInt32LE(8)
  if (version !== FORMAT) {
    throw new WeirError('WEIR_JOURNAL_INVALID', {
      file,
      problem: `is in version ${version} of the journal format and this Weir reads version ${FORMAT}; start the Weir that wrote it, or a newer one`,
    })
  }
  const first = readInteger(bytes, 12)
  if (first !== named) return `the header says that position ${first} is the first, unlike the name`
  return {
    first,
    previous: readInteger(bytes, 20),
    follows: readInteger(bytes, 28),
    created: readInteger(bytes, 36),
  }
}
