import { statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { WeirError } from '../errors.ts'
import {
  type FaultyIo,
  faultyIo,
  names,
  opened,
  read,
  record,
  temporaryDirectory,
} from './journal.fixture.ts'

/** What an append throws. */
function failure(append: () => void): { code: string; message: string; errno: unknown } {
  try {
    append()
  } catch (error) {
    if (error instanceof WeirError && error.cause instanceof Error && 'code' in error.cause) {
      return { code: error.code, message: error.message, errno: error.cause.code }
    }
    throw error
  }
  throw new Error('nothing was thrown')
}

/** The bytes of all files in the directory. */
function sizesOf(dir: string): number {
  return names(dir).reduce((sum, name) => sum + statSync(join(dir, name)).size, 0)
}

describe('an append that the disk refuses adds nothing, and the next one works', () => {
  const full = (room: number) => (io: FaultyIo) => {
    io.room = room
  }
  const fault = (call: keyof FaultyIo['faults'], code: string) => (io: FaultyIo) => {
    io.faults[call] = code
  }
  const both = (io: FaultyIo) => {
    io.room = 30
    io.faults.truncate = 'EIO'
  }

  test.each<[what: string, harm: (io: FaultyIo) => void, errno: string]>([
    ['no room at all', full(0), 'ENOSPC'],
    ['room for half a record', full(5), 'ENOSPC'],
    ['room for a record and a half', full(30), 'ENOSPC'],
    ['room for all but a byte', full(53), 'ENOSPC'],
    ['a broken disk', fault('write', 'EIO'), 'EIO'],
    ['a disk that is read-only now', fault('write', 'EROFS'), 'EROFS'],
    ['a write that cannot be synced', fault('sync', 'EIO'), 'EIO'],
    ['half a write that cannot be taken back either', both, 'ENOSPC'],
  ])('%s', (_, harm, errno) => {
    // A new segment, the same one again, and the one after it: each place where a batch can go.
    for (const segmentBytes of [1000, 0]) {
      for (const before of [0, 1]) {
        const dir = temporaryDirectory()
        const io = faultyIo()
        const journal = opened({ dir, io, segmentBytes, durability: 'fsync' })
        for (let i = 0; i < before; i += 1) journal.append([record(1, 'a')])
        const batch = ['b', 'c', 'd'].map((word) => record(2, word))
        const held = read(journal)

        harm(io)
        for (const time of [1, 2]) {
          const thrown = failure(() => journal.append(batch))
          expect(thrown).toMatchObject({ code: 'WEIR_JOURNAL_WRITE' })
          expect(thrown.message).toContain('.weirj: cannot be written: ')
          expect(thrown.errno).toBe(time === 2 && io.faults.truncate ? 'EIO' : errno)
          expect(journal).toMatchObject({ next: before + 1, arrival: before })
          expect(journal.counters).toMatchObject({ writeErrors: time, appendedRecords: before })
          expect(read(journal)).toEqual(held)
          if (io.faults.truncate === undefined) expect(sizesOf(dir)).toBe(journal.bytes)
        }

        io.room = Number.POSITIVE_INFINITY
        for (const call of ['write', 'sync', 'truncate'] as const) delete io.faults[call]
        expect(journal.append([record(1, 'e')])).toBe(before + 1)
        const expected = [...held, `${before + 1}:e`]
        expect(read(journal)).toEqual(expected)
        journal.close()
        const again = opened({ dir })
        expect(read(again)).toEqual(expected)
        expect(again.report).toMatchObject({ torn: [], damage: [] })
      }
    }
  })

  test('a new segment that cannot be made', () => {
    const dir = temporaryDirectory()
    const io = faultyIo()
    const journal = opened({ dir, io, segmentBytes: 0 })
    journal.append([record(1, 'a')])
    io.faults.open = 'EMFILE'
    expect(failure(() => journal.append([record(1, 'b')])).errno).toBe('EMFILE')
    delete io.faults.open
    expect(journal.append([record(1, 'c')])).toBe(2)
    expect(read(journal)).toEqual(['1:a', '2:c'])
  })

  test('a new segment whose first write failed leaves no file behind', () => {
    const dir = temporaryDirectory()
    const io = faultyIo()
    const journal = opened({ dir, io, segmentBytes: 0 })
    journal.append([record(1, 'a')])
    io.room = 20
    expect(failure(() => journal.append([record(1, 'b')])).errno).toBe('ENOSPC')
    expect(journal.bytes).toBe(66)
    journal.startAfter(7)
    expect(failure(() => journal.append([record(1, 'b')])).errno).toBe('ENOSPC')
    journal.close()
    expect(names(dir)).toEqual(['0000000000000001.weirj'])
  })

  test('what could not be taken back is cut off when the journal is closed, or else opened', () => {
    const dir = temporaryDirectory()
    const io = faultyIo()
    const journal = opened({ dir, io })
    journal.append([record(1, 'a')])
    io.room = 10
    io.faults.truncate = 'EIO'
    expect(failure(() => journal.append([record(1, 'b')])).errno).toBe('ENOSPC')
    expect(sizesOf(dir)).toBe(76)
    const opening = opened({ dir })
    expect(opening.report.torn).toMatchObject([{ offset: 66, bytes: 10 }])
    expect(read(opening)).toEqual(['1:a'])
  })
})

test('what could not be taken back from an older segment is not read', () => {
  const dir = temporaryDirectory()
  const io = faultyIo()
  const journal = opened({ dir, io, segmentBytes: 48 + 18 * 3 })
  journal.append([record(1, 'a')])
  io.room = 30
  io.faults.truncate = 'EIO'
  expect(failure(() => journal.append([record(2, 'b'), record(2, 'c')])).errno).toBe('ENOSPC')
  io.room = Number.POSITIVE_INFINITY
  expect(journal.append(['d', 'e', 'f'].map((word) => record(3, word)))).toBe(2)
  journal.close()
  const again = opened({ dir })
  expect(read(again)).toEqual(['1:a', '2:d', '3:e', '4:f'])
  expect(again.report).toMatchObject({ records: 4, damage: [] })
})

describe('what an append does to the disk', () => {
  const calls = (durability: 'os' | 'fsync') => {
    const dir = temporaryDirectory()
    const io = faultyIo()
    const journal = opened({ dir, io, durability })
    const during = (run: () => void) => {
      io.calls.length = 0
      run()
      return io.calls.join(' ')
    }
    return {
      dir,
      first: during(() => journal.append([record(1, 'a'), record(1, 'b')])),
      second: during(() => journal.append(Array.from({ length: 5000 }, () => record(2, 'c')))),
      close: during(() => journal.close()),
    }
  }

  test('os: one write, however many records', () => {
    expect(calls('os')).toMatchObject({ first: 'open write', second: 'write', close: '' })
  })

  test('fsync: the file is synced after each, and the directory once a file', () => {
    const { dir, ...done } = calls('fsync')
    expect(done).toEqual({ first: 'open write sync open sync', second: 'write sync', close: '' })

    const io = faultyIo()
    const journal = opened({ dir, io, durability: 'fsync' })
    io.calls.length = 0
    journal.append([record(3, 'd')])
    expect(io.calls.join(' ')).toBe('write sync open sync')
  })
})

test('a segment that cannot be removed stays, is logged and counted as there', () => {
  const io = faultyIo()
  const log: string[] = []
  const journal = opened({
    dir: temporaryDirectory(),
    io,
    segmentBytes: 0,
    retainBytes: 0,
    log: (line) => log.push(line),
  })
  for (const word of ['a', 'b', 'c']) journal.append([record(1, word)])
  io.faults.unlink = 'EACCES'
  expect(journal.retain(1, 4)).toBe(0)
  expect(journal).toMatchObject({ segments: 3, first: 1 })
  expect(log).toEqual([expect.stringMatching(/^journal: .*1\.weirj: cannot be removed: EACCES/)])
  io.faults.unlink = 'ENOENT'
  expect(journal.retain(1, 4)).toBe(2)
  expect(read(journal)).toEqual(['3:c'])
})
