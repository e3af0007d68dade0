import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { onTestFinished } from 'vitest'
import { diskIo, type JournalIo } from './io.ts'
import { type Journal, type JournalOptions, openJournal } from './journal.ts'
import type { ReadFrom } from './read.ts'
import type { NewRecord, RecordKind } from './record.ts'
import { segmentFile } from './segment.ts'

/** An empty directory that lives as long as the test. */
export function temporaryDirectory(): string {
  const dir = mkdtempSync(join(tmpdir(), 'weir-journal-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** A journal that is closed with the test. */
export function opened(options: JournalOptions): Journal {
  const journal = openJournal(options)
  onTestFinished(() => journal.close())
  return journal
}

/** A record with this text. */
export function record(arrival: number, text: string, kind: RecordKind = 'msg'): NewRecord {
  return { arrival, kind, bytes: new TextEncoder().encode(text) }
}

/** What reading gives, a record a string: `3:text`. */
export function read(journal: Journal, from?: ReadFrom): string[] {
  return [...journal.read(from)].map(
    ({ position, bytes }) => `${position}:${new TextDecoder().decode(bytes)}`,
  )
}

/** A journal on disk with a segment a line, a record a word; the n-th record arrives at n. Returns the files. */
export function written(dir: string, lines: readonly string[]): string[] {
  const journal = openJournal({ dir, segmentBytes: 0 })
  const files = lines.map((line) => {
    const first = journal.next
    journal.append(line.split(' ').map((word, index) => record(first + index, word)))
    return segmentFile(dir, first)
  })
  journal.close()
  return files
}

/** Changes the byte at `offset`, counted from the end where negative. */
export function flip(file: string, offset: number, mask = 0x01): void {
  const bytes = readFileSync(file)
  const at = offset < 0 ? bytes.length + offset : offset
  bytes.writeUInt8(bytes.readUInt8(at) ^ mask, at)
  writeFileSync(file, bytes)
}

/** Changes the header and makes its checksum right. */
export function reseal(file: string, change: (bytes: Buffer) => void): void {
  const bytes = readFileSync(file)
  change(bytes)
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 44)), 44)
  writeFileSync(file, bytes)
}

/** Takes bytes off the end. */
export function shorten(file: string, count: number): void {
  truncateSync(file, readFileSync(file).length - count)
}

export function addZeros(file: string, count: number): void {
  appendFileSync(file, Buffer.alloc(count))
}

/** The names in the directory, sorted. */
export function names(dir: string): string[] {
  return readdirSync(dir).sort()
}

/** The machine's disk, made to fail on demand. */
export interface FaultyIo extends JournalIo {
  /** The error codes with which calls fail. */
  readonly faults: Partial<Record<keyof JournalIo, string>>
  /** The bytes that can still be written; then ENOSPC. */
  room: number
  /** The calls that were made, in order. */
  readonly calls: (keyof JournalIo)[]
}

export function faultyIo(): FaultyIo {
  const faults: FaultyIo['faults'] = {}
  const calls: FaultyIo['calls'] = []
  const enter = (call: keyof JournalIo): void => {
    calls.push(call)
    const code = faults[call]
    if (code !== undefined) throw diskFault(code)
  }
  return {
    faults,
    calls,
    room: Number.POSITIVE_INFINITY,
    open(path, flags) {
      enter('open')
      return diskIo.open(path, flags)
    },
    write(fd, bytes, offset, length, at) {
      enter('write')
      if (this.room === 0) throw diskFault('ENOSPC')
      const count = diskIo.write(fd, bytes, offset, Math.min(length, this.room), at)
      this.room -= count
      return count
    },
    truncate(fd, size) {
      enter('truncate')
      diskIo.truncate(fd, size)
    },
    sync(fd) {
      enter('sync')
      diskIo.sync(fd)
    },
    unlink(path) {
      enter('unlink')
      diskIo.unlink(path)
    },
  }
}

function diskFault(code: string): Error {
  return Object.assign(new Error(`${code}: as the test asked`), { code })
}
