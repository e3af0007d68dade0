import { crcOf } from './crc.ts'

/**
 * What a record says happened. One byte on disk: the place in this list, from 1; 0 is never used, so that zeros
 * are not a record. A kind that is added goes to the end and raises `FORMAT` in segment.ts: a hub that does not
 * know a kind must refuse the journal, since leaving the record out would compute something else from it.
 */
const KINDS = ['msg', 'start', 'stop', 'mark', 'gap', 'command', 'reload'] as const

/**
 * `msg`: events that were accepted, a Riemann Msg; `start`, `stop`: the hub's; `mark`: the clock while idle;
 * `gap`: a stall or suspend; `command`: what people told the hub to do, as JSON; `reload`: other rules,
 * named by their hash, as `start` names those it began with.
 */
export type RecordKind = (typeof KINDS)[number]

/** A record as it is appended. */
export interface NewRecord {
  /** Integer microseconds since the epoch, never before the arrival of the record before it. */
  readonly arrival: number
  readonly kind: RecordKind
  /** At most `MAX_RECORD_BYTES`. */
  readonly bytes: Uint8Array
}

/** A record as it is read back. */
export interface JournalRecord extends NewRecord {
  /** Counts all records of the journal from 1, over all segments. */
  readonly position: number
  /** A view of the buffer that was read, which it keeps alive: copy it to hold it for long. */
  readonly bytes: Uint8Array
}

/** What a record takes besides its bytes; the layout is in segment.ts. */
export const RECORD_OVERHEAD = 17

/** The most bytes that one record holds. */
export const MAX_RECORD_BYTES = 64 * 1024 * 1024

const LENGTH = 4
const ARRIVAL = 8
const KIND = 16
const TWO_32 = 0x1_0000_0000

/** The byte of each kind. */
const BYTES = new Map<string, number>(KINDS.map((kind, place) => [kind, place + 1]))

/** Why this cannot be a record after one that arrived at `previous`; undefined when it can. */
export function refusal(record: NewRecord, previous: number): string | undefined {
  if (!BYTES.has(record.kind)) return `its kind '${record.kind}' is none of ${KINDS.join(', ')}`
  if (!Number.isSafeInteger(record.arrival)) return `its arrival ${record.arrival} is not whole microseconds`
  if (record.arrival < previous)
    return `its arrival ${record.arrival} is before ${previous}, the one before it`
  if (record.bytes.length > MAX_RECORD_BYTES)
    return `its ${record.bytes.length} bytes are more than ${MAX_RECORD_BYTES}`
  return undefined
}

/** Writes a record at `start` of `into` and returns where it ends. */
export function encodeRecord(into: Buffer, start: number, position: number, record: NewRecord): number {
  const end = start + RECORD_OVERHEAD + record.bytes.length
  into.writeUInt32LE(record.bytes.length, start + LENGTH)
  writeInteger(into, start + ARRIVAL, record.arrival)
  into[start + KIND] = BYTES.get(record.kind) ?? 0
  into.set(record.bytes, start + RECORD_OVERHEAD)
  into.writeUInt32LE(checksum(into, start, end, position), start)
  return end
}

/** How long the record that begins at `start` would be, judged by its length alone; Infinity when too long to be one. */
export function recordLength(buffer: Buffer, start: number): number {
  const length = buffer.readUInt32LE(start + LENGTH)
  return length > MAX_RECORD_BYTES ? Number.POSITIVE_INFINITY : RECORD_OVERHEAD + length
}

/** Whether these bytes are the record with this position, undamaged. */
export function isRecord(buffer: Buffer, start: number, end: number, position: number): boolean {
  return buffer[start + KIND] !== 0 && buffer.readUInt32LE(start) === checksum(buffer, start, end, position)
}

/** The record in bytes that `isRecord`; or, when its kind is not known, the byte that stands for it. */
export function decodeRecord(
  buffer: Buffer,
  start: number,
  end: number,
  position: number,
): JournalRecord | number {
  const byte = buffer.readUInt8(start + KIND)
  const kind = KINDS[byte - 1]
  if (kind === undefined) return byte
  return {
    position,
    arrival: readInteger(buffer, start + ARRIVAL),
    kind,
    bytes: bytesOf(buffer, start, end),
  }
}

function bytesOf(buffer: Buffer, start: number, end: number): Uint8Array {
  const offset = start + RECORD_OVERHEAD
  return new Uint8Array(buffer.buffer, buffer.byteOffset + offset, end - offset)
}

/** Of all that follows it. Starts from the position, so that a whole record at the wrong place is not taken for the right one. */
function checksum(buffer: Buffer, start: number, end: number, position: number): number {
  return crcOf(buffer, start + LENGTH, end, position)
}

/** Writes an integer of 0 to 2^53 - 1 in 8 bytes, little-endian. */
export function writeInteger(into: Buffer, offset: number, value: number): void {
  into.writeUInt32LE(value % TWO_32, offset)
  into.writeUInt32LE(Math.floor(value / TWO_32), offset + 4)
}

/** Reads what `writeInteger` wrote; anything above 2^53 - 1 comes back as some unsafe integer. */
export function readInteger(from: Buffer, offset: number): number {
  return from.readUInt32LE(offset + 4) * TWO_32 + from.readUInt32LE(offset)
}
