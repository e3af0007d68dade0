import { closeSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { messageOf, WeirError } from '../errors.ts'
import { DRAFT } from './compress.ts'
import type { DamageList } from './damage.ts'
import { diskError, hasCode, type JournalIo } from './io.ts'
import { openSegment } from './read.ts'
import type { SegmentReader } from './reader.ts'
import { RECORD_OVERHEAD } from './record.ts'
import {
  decodeHeader,
  firstOfName,
  HEADER_BYTES,
  lastPosition,
  type Segment,
  type SegmentHeader,
  segmentFile,
} from './segment.ts'
import { compressedFile, openSource } from './source.ts'
import { cutTail, segmentOfTorn, type Torn } from './torn.ts'

/** A directory of segments, put in order. */
export interface OpenedDirectory {
  readonly segments: Segment[]
  /** Whether records may be added to the last segment. */
  readonly sound: boolean
  /** The position of the last record that can be read, 0 when there is none. */
  readonly last: number
  /** A position beyond all that have been given. */
  readonly next: number
  /** When the last record arrived, 0 when there is none. */
  readonly arrival: number
  readonly torn: readonly Torn[]
}

/**
 * Makes the directory where it is missing, reads the header of each segment and the records of the last one, and
 * cuts off what is torn at its end.
 *
 * @throws WeirError WEIR_JOURNAL_WRITE when the directory cannot be made or written (a full disk is no hindrance, nor is
 * one that can only be read: then nothing is changed),
 * WEIR_JOURNAL_INVALID when it may not be read or a newer Weir wrote it.
 */
export function openDirectory(dir: string, io: JournalIo, damage: DamageList): OpenedDirectory {
  makeWritable(dir, io)
  const segments = listSegments(dir, io, damage)
  reportMissing(dir, segments, damage)

  const newest = segments.findLastIndex((segment) => segment.header !== undefined)
  const segment = segments[newest]
  if (segment === undefined) {
    return { segments, sound: false, last: 0, next: positionBeyond(segments), arrival: 0, torn: [] }
  }
  const end = findEnd(segment, damage)
  // To a compressed one nothing is added.
  const isLast = newest === segments.length - 1 && segment.stored === undefined
  const torn = isLast && end.read && end.offset < segment.size ? cutWhereItCan(segment, end.offset, io) : []
  const cut = torn !== undefined
  if (!cut) segment.size = end.offset
  const unread = segments.slice(end.read ? newest + 1 : newest)
  return {
    segments,
    sound: isLast && end.read && cut,
    last: end.position - 1,
    next: Math.max(end.position, positionBeyond(unread)),
    arrival: end.arrival,
    torn: torn ?? [],
  }
}

/** Undefined where the disk can only be read. */
function cutWhereItCan(segment: Segment, offset: number, io: JournalIo): Torn[] | undefined {
  try {
    return [cutTail(segment, offset, io)]
  } catch (error) {
    if (error instanceof WeirError && hasCode(error.cause, 'EROFS')) return undefined
    throw error
  }
}

/** How many records the segments hold, as their headers tell. */
export function countRecords(segments: readonly Segment[], last: number): number {
  let count = 0
  for (const [place, segment] of segments.entries()) {
    const following = segments[place + 1]
    if (segment.header === undefined) continue
    const end = lastPosition(segment, following) ?? Math.min(last, (following?.first ?? last + 1) - 1)
    count += end - segment.first + 1
  }
  return count
}

function makeWritable(dir: string, io: JournalIo): void {
  try {
    mkdirSync(dir, { recursive: true })
  } catch (error) {
    throw diskError(dir, error)
  }
  const probe = join(dir, '.writable')
  try {
    closeSync(io.open(probe, 'w'))
    io.unlink(probe)
  } catch (error) {
    if (!hasCode(error, 'ENOSPC', 'EDQUOT', 'EROFS')) throw diskError(dir, error)
  }
}

function listSegments(dir: string, io: JournalIo, damage: DamageList): Segment[] {
  const names = readdirSync(dir)
  const plain = names.map(firstOfName).filter((first) => first !== undefined)
  plain.sort((a, b) => a - b)
  dropUnbegun(dir, plain, io)
  const firsts = [...plain, ...compressedFirsts(dir, names, new Set(plain), io)].toSorted((a, b) => a - b)
  const unpacked = new Set(plain)
  return firsts.map((first) => {
    const file = segmentFile(dir, first)
    const torn = names
      .filter((name) => segmentOfTorn(name) === basename(file))
      .map((name) => ({ file: join(dir, name), bytes: statSync(join(dir, name)).size }))
    const stored = unpacked.has(first) ? undefined : statSync(compressedFile(file)).size
    return { file, first, ...readHeader(file, first, stored, damage), stored, torn }
  })
}

/**
 * The segments that there are only compressed. Where a kill came between the two, the segment itself counts, and is
 * compressed anew; so are drafts.
 */
function compressedFirsts(
  dir: string,
  names: readonly string[],
  plain: ReadonlySet<number>,
  io: JournalIo,
): number[] {
  const ending = compressedFile('')
  const superfluous = names.filter((name) => {
    if (name.endsWith(ending + DRAFT)) return true
    const first = name.endsWith(ending) ? firstOfName(name.slice(0, -ending.length)) : undefined
    return first !== undefined && plain.has(first)
  })
  for (const name of superfluous) {
    try {
      io.unlink(join(dir, name))
    } catch {
      // It stays beside the segment, and is passed over again.
    }
  }
  return names.flatMap((name) => {
    const first = name.endsWith(ending) ? firstOfName(name.slice(0, -ending.length)) : undefined
    return first === undefined || plain.has(first) ? [] : [first]
  })
}

/** Removes segments at the end that are shorter than a header: no record was ever written whole to them. */
function dropUnbegun(dir: string, firsts: number[], io: JournalIo): void {
  for (let first = firsts.at(-1); first !== undefined; first = firsts.at(-1)) {
    const file = segmentFile(dir, first)
    if (statSync(file).size >= HEADER_BYTES) return
    try {
      io.unlink(file)
    } catch (error) {
      if (!hasCode(error, 'EROFS')) throw diskError(file, error)
    }
    firsts.pop()
  }
}

function readHeader(
  file: string,
  first: number,
  stored: number | undefined,
  damage: DamageList,
): { readonly header: SegmentHeader | undefined; readonly size: number } {
  const bytes = Buffer.alloc(HEADER_BYTES)
  let header: SegmentHeader | string
  let size = stored ?? statSync(file).size
  try {
    const source = openSource(file)
    try {
      size = source.size
      header = decodeHeader(bytes.subarray(0, source.read(bytes, 0, HEADER_BYTES, 0)), file, first)
    } finally {
      source.close()
    }
  } catch (error) {
    if (error instanceof WeirError) throw error
    // Someone can mend this, and without these records the hub would compute something else.
    if (hasCode(error, 'EACCES', 'EPERM'))
      throw new WeirError('WEIR_JOURNAL_INVALID', { file, problem: messageOf(error) }, { cause: error })
    header = messageOf(error)
  }
  if (typeof header !== 'string') return { header, size }
  damage.add({ file, offset: 0, problem: `${header}: the records from position ${first} on are lost` })
  return { header: undefined, size }
}

function reportMissing(dir: string, segments: readonly Segment[], damage: DamageList): void {
  for (const [place, segment] of segments.entries()) {
    const before = segments[place - 1]
    if (before === undefined || segment.header === undefined) continue
    const { previous, follows } = segment.header
    if (previous <= before.first) continue
    const problem = `the file is missing: the records up to position ${follows} are lost`
    damage.add({ file: segmentFile(dir, previous), offset: 0, problem })
  }
}

/** Reads a segment through, up to where its whole records end; `read` is false where the disk failed before that. */
function findEnd(segment: Segment, damage: DamageList) {
  let arrival = segment.header?.created ?? 0
  let reader: SegmentReader | undefined
  let read = true
  try {
    reader = openSegment(segment, damage)
    for (let record = reader.next(); record !== undefined; record = reader.next()) arrival = record.arrival
  } catch (error) {
    if (error instanceof WeirError) throw error
    read = false
    damage.add({
      file: segment.file,
      offset: reader?.offset ?? 0,
      problem: `cannot be read: ${messageOf(error)}`,
    })
  } finally {
    reader?.close()
  }
  const { position, offset } = reader ?? { position: segment.first, offset: HEADER_BYTES }
  return { read, position, offset, arrival }
}

/** A position beyond any that these segments can hold, whatever is in them. */
function positionBeyond(segments: readonly Segment[]): number {
  const last = segments.at(-1)
  return last === undefined ? 1 : last.first + 1 + Math.floor(last.size / RECORD_OVERHEAD)
}
