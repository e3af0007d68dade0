import { mkdirSync, readFileSync, renameSync, truncateSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  addZeros,
  flip,
  opened,
  read,
  record,
  reseal,
  shorten,
  temporaryDirectory,
  written,
} from './journal.fixture.ts'

const HEADER = 48

describe('damage', () => {
  // Three segments; the records are 18 bytes each, so the second file is 48 + 3 * 18 = 102 bytes.
  const LINES = ['a b', 'c d e', 'f g']
  const FIRST = '0000000000000001.weirj'
  const MIDDLE = '0000000000000003.weirj'
  const LAST = '0000000000000006.weirj'

  // biome-ignore format: a table, a case a line
  const CASES: [what: string, name: string, harm: (file: string) => void, left: string, offset: number, problem: string][] = [
    ['a byte of a record', MIDDLE, (file) => flip(file, 83), 'a b c e f g', 66, 'record 4 is damaged and lost'],
    ['the arrival of a record', MIDDLE, (file) => flip(file, 57), 'a b d e f g', 48, 'record 3 is damaged and lost'],
    ['a record of the last segment', LAST, (file) => flip(file, 65), 'a b c d e g', 48, 'record 6 is damaged and lost'],
    ['the last record of a segment', MIDDLE, (file) => flip(file, -1), 'a b c d f g', 84, 'no whole record follows in 18 bytes: records 5 to 5 are lost'],
    ['the length of a record', MIDDLE, (file) => flip(file, 70), 'a b c f g', 66, 'no whole record follows in 36 bytes: records 4 to 5 are lost'],
    ['a length beyond all bounds', MIDDLE, (file) => flip(file, 73, 0x80), 'a b c f g', 66, 'no whole record follows in 36 bytes: records 4 to 5 are lost'],
    ['two records in a row', MIDDLE, (file) => [flip(file, 65), flip(file, 83)], 'a b f g', 48, 'no whole record follows in 54 bytes: records 3 to 5 are lost'],
    ['zeros in place of records', MIDDLE, (file) => [shorten(file, 54), addZeros(file, 54)], 'a b f g', 48, 'no whole record follows in 54 bytes: records 3 to 5 are lost'],
    ['a segment that lost its end', MIDDLE, (file) => shorten(file, 36), 'a b c f g', 66, 'the file ends early: records 4 to 5 are lost'],
    ['a segment that ends within a record', MIDDLE, (file) => shorten(file, 20), 'a b c f g', 66, 'no whole record follows in 16 bytes: records 4 to 5 are lost'],
    ['an empty file', MIDDLE, (file) => truncateSync(file), 'a b f g', 0, 'the file ends within its header: the records from position 3 on are lost'],
    ['the header of the first segment', FIRST, (file) => flip(file, 0), 'c d e f g', 0, 'the header is damaged: the records from position 1 on are lost'],
    ['the header of an older segment', MIDDLE, (file) => flip(file, 20), 'a b f g', 0, 'the header is damaged: the records from position 3 on are lost'],
    ['the version in a header', MIDDLE, (file) => flip(file, 8, 0x02), 'a b f g', 0, 'the header is damaged: the records from position 3 on are lost'],
    ['a file of another format', MIDDLE, (file) => reseal(file, (bytes) => bytes.write('OTHER')), 'a b f g', 0, 'the header is damaged: the records from position 3 on are lost'],
    ['a directory by the name of a segment', MIDDLE, (file) => [unlinkSync(file), mkdirSync(file)], 'a b f g', 0, 'EISDIR: illegal operation on a directory, read: the records from position 3 on are lost'],
    ['a file that is missing', MIDDLE, (file) => unlinkSync(file), 'a b f g', 0, 'the file is missing: the records up to position 5 are lost'],
  ]

  test.each(CASES)('%s', (_, name, harm, left, offset, problem) => {
    const dir = temporaryDirectory()
    written(dir, LINES)
    const file = join(dir, name)
    harm(file)
    const log: string[] = []
    const journal = opened({ dir, log: (line) => log.push(line) })
    const expected = left.split(' ').map((word) => `${'abcdefg'.indexOf(word) + 1}:${word}`)
    expect(read(journal)).toEqual(expected)
    expect(journal.report.damage).toEqual([{ file, offset, problem }])
    expect(read(journal)).toEqual(expected)
    expect(log).toEqual([`journal: ${file}: at byte ${offset}: ${problem}`])
    expect(journal.counters.damaged).toBe(1)
    expect(journal.report.torn).toEqual([])
    expect(journal.append([record(99, 'h')])).toBe(8)
    expect(read(journal)).toEqual([...expected, '8:h'])
  })

  test('of the last record of all cannot be told from a torn tail', () => {
    const dir = temporaryDirectory()
    const file = written(dir, LINES).at(-1) ?? ''
    flip(file, -1)
    const journal = opened({ dir })
    expect(journal.report).toMatchObject({ torn: [{ file, offset: 66, bytes: 18 }], damage: [] })
    expect(read(journal).at(-1)).toBe('6:f')
  })

  test('of the header of the last segment: positions go on beyond any that it can hold', () => {
    const dir = temporaryDirectory()
    const file = written(dir, LINES).at(-1) ?? ''
    flip(file, 3)
    const journal = opened({ dir })
    expect(journal.report.damage).toMatchObject([{ file, offset: 0 }])
    expect(journal.next).toBeGreaterThan(7)
    expect(journal.arrival).toBe(5)
    const position = journal.append([record(9, 'h')])
    expect(read(journal)).toEqual(['1:a', '2:b', '3:c', '4:d', '5:e', `${position}:h`])
    journal.close()
    const again = opened({ dir })
    expect(read(again)).toHaveLength(6)
    expect(again.report).toMatchObject({ segments: 4, records: 6, torn: [] })
    expect(again.append([record(9, 'i')])).toBe(position + 1)
    expect(readFileSync(file)).toHaveLength(84)
  })

  test('of the header of the last segment leaves the one before as it is', () => {
    const dir = temporaryDirectory()
    const [, middle = '', last = ''] = written(dir, LINES)
    shorten(middle, 1)
    flip(last, 3)
    const journal = opened({ dir })
    expect(journal.report).toMatchObject({ records: 4, torn: [] })
    expect(journal.next).toBeGreaterThan(7)
    journal.append([record(9, 'h')])
    expect(
      read(journal)
        .map((text) => text.slice(-1))
        .join(''),
    ).toBe('abcdh')
    expect(journal.report.damage.map(({ file, offset }) => [file, offset])).toEqual([
      [last, 0],
      [middle, 84],
    ])
  })

  test('of a header does not keep older segments from being removed', () => {
    const dir = temporaryDirectory()
    const [, middle = ''] = written(dir, LINES)
    flip(middle, 3)
    const journal = opened({ dir, retainSeconds: 1 })
    expect(journal.retain(1_000_006, 8)).toBe(0)
    expect(journal.retain(1_000_007, 8)).toBe(2)
    expect(read(journal)).toEqual(['6:f', '7:g'])
  })

  test('of every header: a new journal begins beyond', () => {
    const dir = temporaryDirectory()
    for (const file of written(dir, LINES)) flip(file, 3)
    const journal = opened({ dir })
    expect(journal.report).toMatchObject({ segments: 3, records: 0 })
    expect(journal.report.damage).toHaveLength(3)
    expect(journal.append([record(1, 'h')])).toBeGreaterThan(7)
    expect(read(journal)).toHaveLength(1)
    expect(journal.retain(0, 1)).toBe(0)
  })

  test('a segment under another name is not read', () => {
    const dir = temporaryDirectory()
    written(dir, LINES)
    renameSync(join(dir, FIRST), join(dir, '0000000000000002.weirj'))
    const journal = opened({ dir })
    expect(journal.report.damage.map(({ problem }) => problem)).toEqual([
      'the header says that position 1 is the first, unlike the name: the records from position 2 on are lost',
    ])
    expect(read(journal)).toEqual(['3:c', '4:d', '5:e', '6:f', '7:g'])
  })

  test('a segment that goes away while it is to be read is reported', () => {
    const dir = temporaryDirectory()
    const [, middle = ''] = written(dir, LINES)
    const journal = opened({ dir })
    const seen: number[] = []
    for (const { position } of journal.read()) {
      if (position === 1) unlinkSync(middle)
      seen.push(position)
    }
    expect(seen).toEqual([1, 2, 6, 7])
    expect(journal.report.damage).toMatchObject([
      { file: middle, offset: 0, problem: expect.stringContaining('cannot be read on from here: ENOENT') },
    ])
  })

  test('is listed a hundred times and counted beyond', () => {
    const dir = temporaryDirectory()
    const files = written(
      dir,
      Array.from({ length: 121 }, () => 'a b c'),
    )
    for (const file of files) flip(file, HEADER + 17)
    const log: string[] = []
    const journal = opened({ dir, log: (line) => log.push(line) })
    expect(read(journal)).toHaveLength(242)
    expect(journal.report.damage).toHaveLength(100)
    expect(journal.counters.damaged).toBe(121)
    expect(log).toHaveLength(100)
  })
})
