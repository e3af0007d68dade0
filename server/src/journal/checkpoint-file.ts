import {
  closeSync,
  fsync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { NO_ATTRIBUTES, NO_TAGS } from 'weir-protocol'
import { messageOf } from '../errors.ts'

/**
 * A checkpoint is a file `checkpoint-POSITION.jsonl` of JSON lines: a head with the format's version, what the hub
 * held after the record at that position, and an end with the number of lines between and their checksum. It is
 * written beside its name, synced and renamed, so that it is there whole or not at all.
 */
const FORMAT = 1
const NAME = /^checkpoint-(\d{16})\.jsonl$/
/** The end of the name of one that was found damaged. */
const DAMAGED = '.damaged'
/** What is being written has this at the end of its name. */
const DRAFT = '.draft'
/** How many are kept: where the newest is damaged, the one before it serves. */
const KEPT = 2
const CHUNK = 1024 * 1024

/** A checkpoint that was read. */
export interface ReadCheckpoint {
  readonly position: number
  /** Read from the file anew each time, a piece at a time: together they may be more than fits in memory. */
  readonly lines: Iterable<unknown>
}

/** A checkpoint that is being written, line by line. Each call throws as node:fs does. */
export class CheckpointFile {
  readonly #dir: string
  readonly #name: string
  readonly #fd: number
  /** Lines that are not written yet. */
  #text = ''
  #crc = 0
  #count = 0
  #closed = false

  constructor(dir: string, position: number) {
    mkdirSync(dir, { recursive: true })
    this.#dir = dir
    this.#name = `checkpoint-${String(position).padStart(16, '0')}.jsonl`
    this.#fd = openSync(this.#draft, 'w')
    this.#append(`${JSON.stringify({ weir: 'checkpoint', format: FORMAT, position })}\n`)
  }

  write(line: unknown): void {
    this.#text += `${JSON.stringify(line)}\n`
    this.#count += 1
    if (this.#text.length > CHUNK) this.#flush()
  }

  /** Makes it the newest checkpoint once the disk has it, and removes those that are not needed any more. */
  async finish(): Promise<void> {
    this.#end()
    await new Promise<void>((resolve, reject) => {
      fsync(this.#fd, (error) => (error === null ? resolve() : reject(error)))
    })
    this.#publish()
  }

  /** The same, waiting for the disk. */
  finishNow(): void {
    this.#end()
    fsyncSync(this.#fd)
    this.#publish()
  }

  /** Leaves no trace. */
  abort(): void {
    if (this.#closed) return
    this.#closed = true
    closeSync(this.#fd)
    rmSync(this.#draft, { force: true })
  }

  get #draft(): string {
    return join(this.#dir, this.#name + DRAFT)
  }

  #end(): void {
    this.#flush()
    this.#append(`${JSON.stringify({ end: true, lines: this.#count, crc: this.#crc })}\n`)
  }

  #publish(): void {
    this.#closed = true
    closeSync(this.#fd)
    renameSync(this.#draft, join(this.#dir, this.#name))
    const damaged = namesIn(this.#dir).filter((name) => name.endsWith(DAMAGED))
    const old = [
      ...listCheckpoints(this.#dir)
        .map(({ name }) => name)
        .slice(KEPT),
      ...damaged.toSorted().reverse().slice(KEPT),
    ]
    for (const name of old) rmSync(join(this.#dir, name), { force: true })
  }

  #flush(): void {
    this.#crc = crc32(this.#append(this.#text), this.#crc)
    this.#text = ''
  }

  #append(text: string): Buffer {
    const bytes = Buffer.from(text)
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#fd, bytes, at)
    return bytes
  }
}

/**
 * The newest checkpoint that is whole and undamaged. What is passed over is told to `log` and set aside, as `….damaged`,
 * so that it does not count as one of those that are kept.
 */
export function readCheckpoint(dir: string, log: (line: string) => void): ReadCheckpoint | undefined {
  for (const { name, position } of listCheckpoints(dir)) {
    const path = join(dir, name)
    try {
      const count = checkSound(path, position)
      return { position, lines: { [Symbol.iterator]: () => readLines(path, count) } }
    } catch (error) {
      log(`${path}: ${messageOf(error)}; taking the one before it`)
      if (!isDiskError(error)) setAside(path)
    }
  }
  return undefined
}

/** Removes what a process that was killed left half written, where that can be; only while none is being written. */
export function removeDrafts(dir: string): void {
  for (const name of namesIn(dir)) {
    if (!name.endsWith(DRAFT) || !NAME.test(name.slice(0, -DRAFT.length))) continue
    try {
      rmSync(join(dir, name), { force: true })
    } catch {
      // On a disk that can only be read it stays.
    }
  }
}

/** The position of the oldest checkpoint that is kept; 0 when there is none. */
export function oldestCheckpoint(dir: string): number {
  return listCheckpoints(dir).at(-1)?.position ?? 0
}

/** Newest first. */
function listCheckpoints(dir: string): { readonly name: string; readonly position: number }[] {
  return namesIn(dir)
    .flatMap((name) => {
      const position = NAME.exec(name)?.[1]
      return position === undefined ? [] : [{ name, position: Number(position) }]
    })
    .sort((a, b) => b.position - a.position)
}

function namesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir)
  } catch {
    // No directory yet: no checkpoints.
    return []
  }
}

function setAside(path: string): void {
  try {
    renameSync(path, path + DAMAGED)
  } catch {
    // Where it cannot be renamed, it is passed over again.
  }
}

/** Reads it through and gives the number of its lines; throws what is wrong with it. */
function checkSound(path: string, position: number): number {
  const rows = readRows(path)
  const head: unknown = JSON.parse(String(rows.next().value ?? ''))
  if (!has(head, 'weir', 'checkpoint') || !has(head, 'format', FORMAT))
    throw new Error(`not a checkpoint of format ${FORMAT}`)
  if (!has(head, 'position', position)) throw new Error('its name tells another position than its head')
  let crc = 0
  let count = 0
  const last: Buffer[] = []
  for (const row of rows) {
    last.push(row)
    const line = last.length > 2 ? last.shift() : undefined
    if (line === undefined) continue
    crc = crc32(line, crc)
    count += 1
  }
  const [end, rest] = last
  if (end === undefined || rest === undefined || rest.length > 0) throw new Error('cut off')
  const told: unknown = JSON.parse(String(end))
  if (!has(told, 'end', true) || !has(told, 'lines', count)) throw new Error('cut off')
  if (!has(told, 'crc', crc)) throw new Error('damaged: the checksum differs')
  return count
}

function* readLines(path: string, count: number): Generator<unknown, void, undefined> {
  for (const row of readRows(path).drop(1).take(count)) yield mended(JSON.parse(String(row)))
}

/** The lines of a file, each with its line break; at last what follows the last line break. */
function* readRows(path: string): Generator<Buffer, void, undefined> {
  const fd = openSync(path, 'r')
  try {
    let begun: Buffer[] = []
    for (;;) {
      const buffer = Buffer.allocUnsafe(CHUNK)
      const chunk = buffer.subarray(0, readSync(fd, buffer, 0, CHUNK, null))
      if (chunk.length === 0) break
      let from = 0
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
        const row = chunk.subarray(from, end + 1)
        yield begun.length === 0 ? row : Buffer.concat([...begun, row])
        begun = []
        from = end + 1
      }
      if (from < chunk.length) begun.push(chunk.subarray(from))
    }
    yield Buffer.concat(begun)
  } finally {
    closeSync(fd)
  }
}

/** Whether the disk failed, or may not be read: that says nothing about what is on it. */
function isDiskError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error
}

/**
 * Attributes have a null prototype, since a key may be any string; those of events that have none are shared, and so
 * are their tags. A reviver of JSON.parse would do the same in four times the time.
 */
function mended(value: unknown): unknown {
  if (Array.isArray(value)) for (const each of value) mended(each)
  else if (isRecord(value)) {
    for (const key in value) {
      const held = value[key]
      if (key === 'attributes' && isRecord(held)) value[key] = withoutPrototype(held)
      else if (key === 'tags' && Array.isArray(held) && held.length === 0) value[key] = NO_TAGS
      else mended(held)
    }
  }
  return value
}

function withoutPrototype(attributes: Record<string, unknown>): unknown {
  for (const _ in attributes) return Object.assign(Object.create(null), attributes)
  return NO_ATTRIBUTES
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function has(value: unknown, key: string, expected: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    key in value &&
    Object.entries(value).some(([name, held]) => name === key && held === expected)
  )
}
