import { readFileSync, truncateSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  addZeros,
  faultyIo,
  names,
  opened,
  read,
  record,
  shorten,
  temporaryDirectory,
  written,
} from './journal.fixture.ts'

const HEADER = 48
/** What a record takes on disk besides its text. */
const OVERHEAD = 17

describe('a torn tail', () => {
  const WORDS = ['a', 'bb', 'dddd', 'e'.repeat(40)]
  /** Where the header and then each record ends. */
  const ENDS = [HEADER]
  for (const word of WORDS) ENDS.push((ENDS.at(-1) ?? 0) + OVERHEAD + word.length)
  const SIZES = Array.from({ length: (ENDS.at(-1) ?? 0) + 1 }, (_, size) => size)

  test.each([[[]], [['x y']]])(
    'is cut off wherever a write was cut short, with segments %j before',
    (before) => {
      for (const size of SIZES) {
        const dir = temporaryDirectory()
        const file = written(dir, [...before, WORDS.join(' ')]).at(-1) ?? ''
        const original = readFileSync(file)
        truncateSync(file, size)
        const log: string[] = []
        const journal = opened({ dir, log: (line) => log.push(line) })

        const whole = ENDS.filter((end) => end <= size).length - 1
        const offset = ENDS[whole] ?? size
        const torn = size - offset
        const left = [...before.join(' ').split(' '), ...WORDS.slice(0, Math.max(0, whole))]
          .filter((word) => word !== '')
          .map((word, i) => `${i + 1}:${word}`)
        expect(read(journal)).toEqual(left)
        expect(journal.report).toMatchObject({ records: left.length, damage: [] })
        const kept = `${file}.torn-1`
        expect(journal.report.torn).toEqual(torn === 0 ? [] : [{ file, offset, bytes: torn, kept }])
        expect(log).toEqual(
          journal.report.torn.map(
            () =>
              `journal: ${file}: ${torn} bytes at byte ${offset} are no whole record; they were cut off and are kept in ${kept}`,
          ),
        )
        if (torn > 0) expect(readFileSync(kept)).toEqual(original.subarray(offset, size))

        expect(journal.append([record(99, 'next')])).toBe(left.length + 1)
        journal.close()
        const again = opened({ dir })
        expect(read(again)).toEqual([...left, `${left.length + 1}:next`])
        expect(again.report).toMatchObject({ torn: [], damage: [] })
      }
    },
  )

  test.each([1, 17, 4096, 3_000_000])('of %i zeros, as a power loss leaves it, is cut off', (count) => {
    const dir = temporaryDirectory()
    const [file = ''] = written(dir, ['a b'])
    addZeros(file, count)
    const journal = opened({ dir })
    expect(journal.report.torn).toEqual([{ file, offset: 84, bytes: count, kept: `${file}.torn-1` }])
    expect(journal.append([record(9, 'c')])).toBe(3)
    expect(read(journal)).toEqual(['1:a', '2:b', '3:c'])
  })

  test('that was all of a segment leaves an arrival that no later record may be before', () => {
    const dir = temporaryDirectory()
    const file = written(dir, ['a b c', 'd']).at(-1) ?? ''
    shorten(file, 1)
    const journal = opened({ dir })
    expect(journal).toMatchObject({ next: 4, arrival: 4, segments: 2 })
    journal.append([record(4, 'e')])
    expect(read(journal, { time: 4 })).toEqual(['4:e'])
  })

  test('of zeros over the last records costs these', () => {
    const dir = temporaryDirectory()
    const [file = ''] = written(dir, ['a b c d'])
    shorten(file, 30)
    addZeros(file, 30)
    const journal = opened({ dir })
    expect(journal.report.torn).toMatchObject([{ offset: HEADER + 2 * 18, bytes: 36 }])
    expect(read(journal)).toEqual(['1:a', '2:b'])
    expect(journal.report.damage).toEqual([])
  })

  test('is kept eight times a segment, counts as bytes of the journal and goes with its segment', () => {
    const dir = temporaryDirectory()
    const [file = ''] = written(dir, ['a'])
    for (let time = 1; time <= 9; time += 1) {
      addZeros(file, 100)
      const journal = opened({ dir })
      expect(journal.report.torn[0]?.kept).toBe(time <= 8 ? `${file}.torn-${time}` : undefined)
      expect(journal.bytes).toBe(66 + Math.min(time, 8) * 100)
      journal.close()
    }
    expect(names(dir)).toHaveLength(9)
    const journal = opened({ dir, segmentBytes: 0, retainBytes: 0 })
    expect(journal.report.bytes).toBe(866)
    journal.append([record(2, 'b')])
    expect(journal.retain(2, 2)).toBe(1)
    expect(names(dir)).toEqual(['0000000000000002.weirj'])
  })

  test('is cut off a full disk too, only not kept', () => {
    const dir = temporaryDirectory()
    const [file = ''] = written(dir, ['a b'])
    shorten(file, 1)
    const io = faultyIo()
    io.room = 5
    const log: string[] = []
    const journal = opened({ dir, io, log: (line) => log.push(line) })
    expect(journal.report.torn).toEqual([{ file, offset: 66, bytes: 17, kept: undefined }])
    expect(log.join()).toContain('they were cut off and could not be kept')
    expect(names(dir)).toEqual(['0000000000000001.weirj'])
    expect(read(journal)).toEqual(['1:a'])
  })

  test('that cannot be cut off is an error', () => {
    const dir = temporaryDirectory()
    const [file = ''] = written(dir, ['a b'])
    shorten(file, 1)
    const io = faultyIo()
    io.faults.truncate = 'EIO'
    expect(() => opened({ dir, io })).toThrow(`${file}: cannot be written: EIO`)
  })
})
