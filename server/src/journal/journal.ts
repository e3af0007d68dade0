import { closeSync, renameSync, rmSync, statSync } from 'node:fs'
import { messageOf, WeirError } from '../errors.ts'
import { Appender, type AppenderOptions } from './appender.ts'
import { compressSegment } from './compress.ts'
import { type Damage, DamageList } from './damage.ts'
import { diskIo, hasCode, type JournalIo } from './io.ts'
import { countRecords, openDirectory } from './open.ts'
import { type ReadFrom, readSegments } from './read.ts'
import { type JournalRecord, type NewRecord, RECORD_OVERHEAD, refusal } from './record.ts'
import { countExpired, removeSegment } from './retention.ts'
import { HEADER_BYTES, type Segment, sizeOnDisk } from './segment.ts'
import { compressedFile } from './source.ts'
import type { Torn } from './torn.ts'

export interface JournalOptions {
  /** The directory; made where it is missing. Only one process may have it open. */
  readonly dir: string
  /** A segment is followed by a new one before it would be longer than this. Default 64 MiB. */
  readonly segmentBytes?: number
  /** How much `retain` lets the journal take on disk. Default 4 GiB. */
  readonly retainBytes?: number
  /** How old a record may be for `retain`. Default 7 days. */
  readonly retainSeconds?: number
  /**
   * What `append` waits for. `os` (the default): the operating system has the records, which survive a kill of the
   * process. `fsync`: the disk has them, which survive a power loss.
   */
  readonly durability?: 'os' | 'fsync'
  /** Gets a line about everything that was cut off, is damaged or cannot be removed. Default: nobody hears it. */
  readonly log?: (line: string) => void
  /** How the disk is changed; tests let it fail. */
  readonly io?: JournalIo
}

/** What opening a journal found. */
export interface OpenReport {
  readonly segments: number
  /** As the headers tell, so what reading finds damaged later is still counted. */
  readonly records: number
  readonly bytes: number
  /** What was cut off the end: the trace of a kill or a power loss while records were written. */
  readonly torn: readonly Torn[]
  /** The damaged places, at most 100; those that reading finds later are added to this list. */
  readonly damage: readonly Damage[]
}

/** What has happened since the journal was opened. */
export interface JournalCounters {
  readonly appendedRecords: number
  /** On disk, with what each record takes besides its bytes. */
  readonly appendedBytes: number
  /** Appends that the disk refused. */
  readonly writeErrors: number
  readonly removedSegments: number
  /** Damaged places found, those of the opening included. */
  readonly damaged: number
}

export interface Journal {
  /** The position that the next record gets. */
  readonly next: number
  /** The position from which on the journal holds records; `next` when it holds none. */
  readonly first: number
  /** When the last record arrived, in microseconds; 0 when there was none. No later record may arrive before. */
  readonly arrival: number
  readonly report: OpenReport
  readonly segments: number
  /** What the journal takes on disk. */
  readonly bytes: number
  readonly counters: JournalCounters

  /**
   * Adds the records in one write and returns the position of the first; the others follow without a gap.
   *
   * All or none: after an error nothing was added, and a later append may succeed.
   *
   * @throws WeirError WEIR_JOURNAL_WRITE when the disk refuses, its error being the `cause` (ENOSPC, EIO, EROFS …);
   * WEIR_JOURNAL_RECORD when one is no record: longer than 64 MiB, or with an arrival before that of the last.
   */
  append(records: readonly NewRecord[]): number

  /**
   * The records from a position or a time on, in order, as they are when this is called.
   *
   * Damaged places are reported to `log` and `report.damage` and passed over: an undamaged record is never
   * lost to a damaged one in another segment. Reads 1 MiB at a time.
   *
   * @throws WeirError WEIR_JOURNAL_INVALID, while reading, at a record of a kind that this hub does not know.
   * @example for (const { position, arrival, kind, bytes } of journal.read({ time: yesterday })) …
   */
  read(from?: ReadFrom): Generator<JournalRecord, void, undefined>

  /**
   * Removes the oldest segments while the journal takes more than `retainBytes`, or all that is in them is older
   * than `retainSeconds`; never the last one, nor one that holds `keepFrom` or a later position.
   * Returns how many it removed.
   */
  retain(now: number, keepFrom: number): number

  /**
   * Compresses the segments whose records all lie before a position, one after the other, in the background. Answers how
   * many; what can't be compressed stays as it is, and `log` hears why. While this runs, another call does nothing.
   */
  compress(before: number): Promise<number>

  /** Passes over positions, so that `next` is above `position`: something else has already counted that far. */
  startAfter(position: number): void

  /** Later appends throw; reading still works. */
  close(): void
}

/**
 * Opens the journal in a directory, whatever state a crash left it in: see `report`.
 *
 * @throws WeirError WEIR_JOURNAL_WRITE when the directory cannot be written (a full disk is no hindrance, nor is one that
 * can only be read: it opens for reading);
 * WEIR_JOURNAL_INVALID when a newer Weir wrote it.
 * @example
 * const journal = openJournal({ dir: 'data/journal', log: console.log })
 * journal.append([{ arrival: wall.now(), kind: 'msg', bytes }])
 */
export function openJournal(options: JournalOptions): Journal {
  return new SegmentedJournal(options)
}

const MIB = 1024 * 1024
const WEEK = 7 * 86_400

class SegmentedJournal implements Journal {
  readonly report: OpenReport
  readonly #segmentBytes: number
  readonly #retainBytes: number
  readonly #retainSeconds: number
  readonly #log: (line: string) => void
  readonly #disk: AppenderOptions
  readonly #damage: DamageList
  /** In order. */
  readonly #segments: Segment[]
  /** Of the last segment, where that may be added to. */
  #appender: Appender | undefined
  #closed = false
  #compressing = false
  /** Why segments can't be compressed; said once. */
  #incompressible: string | undefined
  #next: number
  /** The position of the last record, which is below `#next - 1` when positions were passed over since. */
  #last: number
  #arrival: number
  #appendedRecords = 0
  #appendedBytes = 0
  #writeErrors = 0
  #removedSegments = 0

  constructor(options: JournalOptions) {
    this.#segmentBytes = options.segmentBytes ?? 64 * MIB
    this.#retainBytes = options.retainBytes ?? 4096 * MIB
    this.#retainSeconds = options.retainSeconds ?? WEEK
    this.#log = options.log ?? (() => {})
    this.#disk = { dir: options.dir, io: options.io ?? diskIo, fsync: options.durability === 'fsync' }
    this.#damage = new DamageList(this.#log)

    const found = openDirectory(options.dir, this.#disk.io, this.#damage)
    for (const { file, offset, bytes, kept } of found.torn) {
      const where = kept === undefined ? 'and could not be kept' : `and are kept in ${kept}`
      this.#log(
        `journal: ${file}: ${bytes} bytes at byte ${offset} are no whole record; they were cut off ${where}`,
      )
    }
    this.#segments = found.segments
    this.#next = found.next
    this.#last = found.last
    this.#arrival = found.arrival
    const newest = found.segments.at(-1)
    if (newest !== undefined && found.sound) this.#appender = this.#reopen(newest)
    this.report = {
      segments: found.segments.length,
      records: countRecords(found.segments, found.last),
      bytes: this.bytes,
      torn: found.torn,
      damage: this.#damage.list,
    }
  }

  get next(): number {
    return this.#next
  }

  get first(): number {
    return this.#segments[0]?.first ?? this.#next
  }

  get arrival(): number {
    return this.#arrival
  }

  get segments(): number {
    return this.#segments.length
  }

  get bytes(): number {
    return this.#segments.reduce((sum, segment) => sum + sizeOnDisk(segment), 0)
  }

  get counters(): JournalCounters {
    return {
      appendedRecords: this.#appendedRecords,
      appendedBytes: this.#appendedBytes,
      writeErrors: this.#writeErrors,
      removedSegments: this.#removedSegments,
      damaged: this.#damage.count,
    }
  }

  append(records: readonly NewRecord[]): number {
    const [oldest] = records
    const newest = records.at(-1)
    if (oldest === undefined || newest === undefined) return this.#next
    const length = this.#measure(records)
    try {
      this.#appenderFor(length, oldest.arrival).append(records, this.#next, length)
    } catch (error) {
      this.#writeErrors += 1
      throw error
    }
    const position = this.#next
    this.#next += records.length
    this.#last = this.#next - 1
    this.#arrival = newest.arrival
    this.#appendedRecords += records.length
    this.#appendedBytes += length
    return position
  }

  read(from: ReadFrom = {}): Generator<JournalRecord, void, undefined> {
    return readSegments(
      this.#segments.map((segment) => ({ ...segment })),
      from,
      this.#damage,
    )
  }

  retain(now: number, keepFrom: number): number {
    const arrival = now - this.#retainSeconds * 1_000_000
    const count = countExpired(this.#segments, { bytes: this.#retainBytes, arrival, keepFrom })
    let removed = 0
    for (const segment of this.#segments.slice(0, count)) {
      try {
        removeSegment(segment, this.#disk.io)
      } catch (error) {
        this.#log(`journal: ${segment.file}: cannot be removed: ${messageOf(error)}`)
        break
      }
      this.#segments.shift()
      removed += 1
    }
    this.#removedSegments += removed
    return removed
  }

  async compress(before: number): Promise<number> {
    if (this.#compressing) return 0
    this.#compressing = true
    let count = 0
    try {
      const old = this.#segments.filter((segment, place) => {
        const { first = Number.POSITIVE_INFINITY } = this.#segments[place + 1] ?? {}
        return first <= before && segment.stored === undefined && segment.header !== undefined
      })
      for (const segment of old) if (await this.#compress(segment)) count += 1
      this.#incompressible = undefined
    } catch (error) {
      const problem = messageOf(error)
      if (problem !== this.#incompressible)
        this.#log(`journal: old records can't be compressed, and stay as they are: ${problem}`)
      this.#incompressible = problem
    }
    this.#compressing = false
    return count
  }

  startAfter(position: number): void {
    // The next append begins a new segment, since positions are consecutive within one.
    if (position >= this.#next) this.#next = position + 1
  }

  close(): void {
    this.#closed = true
    this.#leave()
  }

  /** Answers whether the segment is compressed now. */
  async #compress(segment: Segment): Promise<boolean> {
    const isOver = () => this.#closed || !this.#segments.includes(segment)
    const draft = await compressSegment(segment.file, segment.size, isOver)
    if (draft === undefined) return false
    if (isOver()) {
      rmSync(draft, { force: true })
      return false
    }
    const { io, dir } = this.#disk
    const file = compressedFile(segment.file)
    renameSync(draft, file)
    // The disk knows the name of the one before that of the other is gone.
    const folder = io.open(dir, 'r')
    try {
      io.sync(folder)
    } finally {
      closeSync(folder)
    }
    io.unlink(segment.file)
    segment.stored = statSync(file).size
    return true
  }

  /** The bytes that the records take on disk, once all of them are known to be fit to append. */
  #measure(records: readonly NewRecord[]): number {
    let length = 0
    let index = 0
    let previous = this.#arrival
    for (const record of records) {
      const problem = this.#closed ? 'the journal is closed' : refusal(record, previous)
      if (problem !== undefined) throw new WeirError('WEIR_JOURNAL_RECORD', { index: String(index), problem })
      length += RECORD_OVERHEAD + record.bytes.length
      previous = record.arrival
      index += 1
    }
    return length
  }

  /** Undefined where the disk can only be read: then appending says so. */
  #reopen(segment: Segment): Appender | undefined {
    try {
      return Appender.reopen(segment, this.#disk)
    } catch (error) {
      if (error instanceof WeirError && hasCode(error.cause, 'EROFS')) return undefined
      throw error
    }
  }

  #appenderFor(length: number, arrival: number): Appender {
    if (this.#appender !== undefined && this.#fits(this.#appender.segment, length)) return this.#appender
    if (this.#appender?.segment.size === 0) this.#leave()
    const created = Appender.create(
      {
        first: this.#next,
        previous: this.#segments.at(-1)?.first ?? 0,
        follows: this.#last,
        created: arrival,
      },
      this.#disk,
    )
    this.#leave()
    this.#segments.push(created.segment)
    this.#appender = created
    return created
  }

  #fits(segment: Segment, length: number): boolean {
    if (segment.size === 0) return segment.first === this.#next
    if (this.#next !== this.#last + 1) return false
    return segment.size === HEADER_BYTES || segment.size + length <= this.#segmentBytes
  }

  /** Ends adding to the last segment; one without anything in it is no segment. */
  #leave(): void {
    this.#appender?.close()
    if (this.#appender?.segment.size === 0) this.#segments.pop()
    this.#appender = undefined
  }
}
