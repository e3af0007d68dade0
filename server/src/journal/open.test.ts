import { appendFileSync, chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import {
  faultyIo,
  names,
  opened,
  read,
  record,
  reseal,
  temporaryDirectory,
  written,
} from './journal.fixture.ts'

describe('opening', () => {
  test('makes the directory', () => {
    const dir = join(temporaryDirectory(), 'data', 'journal')
    const journal = opened({ dir })
    expect(journal).toMatchObject({ next: 1, first: 1, arrival: 0, segments: 0, bytes: 0 })
    expect(journal.report).toEqual({ segments: 0, records: 0, bytes: 0, torn: [], damage: [] })
    expect(read(journal)).toEqual([])
    expect(names(dir)).toEqual([])
  })

  test('leaves other files alone', () => {
    const dir = temporaryDirectory()
    const others = ['README', '1.weirj', '0000000000000000.weirj', '0000000000000001.weirj.bak', 'x.torn-1']
    for (const name of others) writeFileSync(join(dir, name), 'not ours')
    const journal = opened({ dir })
    journal.append([record(1, 'a')])
    expect(read(journal)).toEqual(['1:a'])
    expect(names(dir)).toEqual([...others, '0000000000000001.weirj'].sort())
    expect(journal.report).toMatchObject({ segments: 0, damage: [] })
  })

  test.each([
    ['the last', -1],
    ['an older', 0],
  ])('a newer version of the format in %s segment is refused', (_, place) => {
    const dir = temporaryDirectory()
    const file = written(dir, ['a', 'b']).at(place) ?? ''
    reseal(file, (bytes) => bytes.writeUInt32LE(2, 8))
    expect(() => opened({ dir })).toThrowError(
      expect.objectContaining({
        code: 'WEIR_JOURNAL_INVALID',
        message: `${file}: is in version 2 of the journal format and this Weir reads version 1; start the Weir that wrote it, or a newer one`,
      }),
    )
  })

  test('a kind that is not known is refused: by opening in the last segment, by reading in an older one', () => {
    const unknown = (lines: readonly string[]) => {
      const dir = temporaryDirectory()
      const [file = ''] = written(dir, lines)
      const bytes = readFileSync(file)
      bytes.writeUInt8(99, 66 + 16)
      bytes.writeUInt32LE(crc32(bytes.subarray(70), 2), 66)
      writeFileSync(file, bytes)
      const message = `${file}: the record at byte 66 is of kind 99, which version 1 of the journal format does not have; start the Weir that wrote it, or a newer one`
      return { dir, refused: expect.objectContaining({ code: 'WEIR_JOURNAL_INVALID', message }) }
    }
    const last = unknown(['a b'])
    expect(() => opened({ dir: last.dir })).toThrowError(last.refused)

    const older = unknown(['a b', 'c'])
    const seen: number[] = []
    expect(() => {
      for (const { position } of opened({ dir: older.dir }).read()) seen.push(position)
    }).toThrowError(older.refused)
    expect(seen).toEqual([1])
  })

  test('a directory that is a file is an error that names it', () => {
    const file = join(temporaryDirectory(), 'journal')
    writeFileSync(file, '')
    for (const dir of [file, join(file, 'below')]) {
      expect(() => opened({ dir })).toThrowError(
        expect.objectContaining({
          code: 'WEIR_JOURNAL_WRITE',
          message: expect.stringContaining(`${dir}: cannot be written: E`),
        }),
      )
    }
  })

  test('a directory, or a segment, that someone else owns is an error that names it', () => {
    const dir = temporaryDirectory()
    const [old = '', last = ''] = written(dir, ['a', 'b'])
    const refuse = (path: string, mode: number, message: string) => {
      chmodSync(path, mode)
      expect(() => asNobody(() => opened({ dir }))).toThrow(message)
    }
    chmodSync(dir, 0o777)
    refuse(last, 0o444, `${last}: cannot be written: EACCES`)
    refuse(old, 0o000, `${old}: EACCES`)
    refuse(dir, 0o555, `${dir}: cannot be written: EACCES`)
    chmodSync(dir, 0o755)
  })

  test('a full disk does not keep a journal from being opened and read', () => {
    const dir = temporaryDirectory()
    written(dir, ['a b'])
    const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })
    const io = faultyIo()
    io.room = 0
    const { open } = io
    io.open = (path, flags) => {
      if (flags === 'w' || flags === 'wx') throw full
      return open(path, flags)
    }
    const journal = opened({ dir, io, segmentBytes: 0 })
    expect(read(journal)).toEqual(['1:a', '2:b'])
    expect(() => journal.append([record(9, 'c')])).toThrow('ENOSPC')
  })
})

/** Runs without the rights of root, who may write anything. */
function asNobody(run: () => void): void {
  const root = process.geteuid?.() === 0
  if (root) process.seteuid?.(65_534)
  try {
    run()
  } finally {
    if (root) process.seteuid?.(0)
  }
}

test('on a disk that can only be read, it opens, torn or not, and reads; appending says why it cannot', () => {
  const dir = temporaryDirectory()
  const files = written(dir, ['one two', 'three'])
  const torn = files[1] ?? ''
  for (const end of ['', 'half a record']) {
    appendFileSync(torn, end)
    const before = readFileSync(torn)
    const io = faultyIo()
    // Opening for reading is not among the calls that change the disk.
    for (const call of ['open', 'truncate', 'unlink'] as const) io.faults[call] = 'EROFS'
    const journal = opened({ dir, io })
    expect(read(journal)).toEqual(['1:one', '2:two', '3:three'])
    expect(() => journal.append([record(9, 'x')])).toThrow('EROFS')
    expect(journal.report.torn).toEqual([])
    expect(readFileSync(torn).equals(before)).toBe(true)
    for (const call of ['open', 'truncate', 'unlink'] as const) delete io.faults[call]
    journal.startAfter(7)
    journal.append([record(9, 'x')])
    expect(read(journal)).toEqual(['1:one', '2:two', '3:three', '8:x'])
    rmSync(join(dir, '0000000000000008.weirj'))
  }
})
