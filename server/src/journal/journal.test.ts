import { existsSync, readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { names, opened, read, record, temporaryDirectory, written } from './journal.fixture.ts'

/** How many files this process has open, where the system tells. */
function openFiles(): number {
  return existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0
}

describe('append', () => {
  test('gives consecutive positions from 1, and reading gives back what was appended', () => {
    const journal = opened({ dir: temporaryDirectory() })
    expect(journal.next).toBe(1)
    expect(journal.append([record(10, 'a'), record(10, 'b', 'mark')])).toBe(1)
    expect(journal.append([record(12, 'c', 'stop')])).toBe(3)
    expect([...journal.read()]).toEqual([
      { position: 1, ...record(10, 'a') },
      { position: 2, ...record(10, 'b', 'mark') },
      { position: 3, ...record(12, 'c', 'stop') },
    ])
    expect(journal).toMatchObject({ next: 4, first: 1, arrival: 12, segments: 1, bytes: 48 + 3 * 18 })
    expect(journal.counters).toMatchObject({ appendedRecords: 3, appendedBytes: 54, writeErrors: 0 })
  })

  test('of nothing writes nothing', () => {
    const dir = temporaryDirectory()
    const journal = opened({ dir })
    expect(journal.append([])).toBe(1)
    expect(names(dir)).toEqual([])
  })

  test('goes on where the journal ended when it is opened again', () => {
    const dir = temporaryDirectory()
    written(dir, ['a b', 'c'])
    const journal = opened({ dir })
    expect(journal).toMatchObject({ next: 4, first: 1, arrival: 3 })
    expect(journal.report).toEqual({ segments: 2, records: 3, bytes: 2 * 48 + 3 * 18, torn: [], damage: [] })
    expect(journal.append([record(3, 'd')])).toBe(4)
    expect(read(journal)).toEqual(['1:a', '2:b', '3:c', '4:d'])
  })

  test('takes records of any length, also such as no buffer holds', () => {
    const journal = opened({ dir: temporaryDirectory() })
    const lengths = [0, 1, 65_536, 3_000_000, 1, 9_000_000]
    journal.append(lengths.map((length, i) => ({ arrival: 1, kind: 'msg', bytes: Buffer.alloc(length, i) })))
    const back = [...journal.read()].map(({ bytes }) => bytes)
    expect(back.map((bytes) => bytes.length)).toEqual(lengths)
    expect(back.every((bytes, i) => bytes.every((byte) => byte === i))).toBe(true)
  })

  test.each([
    ['an arrival before the last', { ...record(9, 'late') }, 'its arrival 9 is before 10, the one before it'],
    ['an arrival with a fraction', record(10.5, 'x'), 'its arrival 10.5 is not whole microseconds'],
    [
      'more than 64 MiB',
      { ...record(10, ''), bytes: new Uint8Array(67_108_865) },
      'its 67108865 bytes are more than 67108864',
    ],
  ])('refuses a batch with %s as a whole', (_, bad, problem) => {
    const journal = opened({ dir: temporaryDirectory() })
    journal.append([record(10, 'a')])
    expect(() => journal.append([record(10, 'b'), bad])).toThrowError(
      expect.objectContaining({
        code: 'WEIR_JOURNAL_RECORD',
        message: `the journal refuses record 1 of a batch: ${problem}`,
      }),
    )
    expect(read(journal)).toEqual(['1:a'])
    expect(journal.append([record(10, 'b')])).toBe(2)
  })

  test('throws after close, and reading still works', () => {
    const journal = opened({ dir: temporaryDirectory() })
    journal.append([record(1, 'a')])
    journal.close()
    journal.close()
    expect(() => journal.append([record(1, 'b')])).toThrow('the journal is closed')
    expect(read(journal)).toEqual(['1:a'])
  })
})

describe('segments', () => {
  test('a batch that would make the segment too long begins a new one', () => {
    const dir = temporaryDirectory()
    const journal = opened({ dir, segmentBytes: 48 + 3 * 18 })
    for (const words of ['a b', 'c', 'd', 'e f g h', 'i']) {
      journal.append(words.split(' ').map((word) => record(1, word)))
    }
    expect(names(dir)).toEqual([1, 4, 5, 9].map((first) => `${String(first).padStart(16, '0')}.weirj`))
    expect(read(journal).join(' ')).toBe('1:a 2:b 3:c 4:d 5:e 6:f 7:g 8:h 9:i')
  })

  test('startAfter passes over positions, also when the journal is closed and opened in between', () => {
    const dir = temporaryDirectory()
    const journal = opened({ dir })
    journal.append([record(1, 'a')])
    journal.startAfter(0)
    journal.startAfter(1)
    expect(journal.append([record(1, 'b')])).toBe(2)
    journal.startAfter(9)
    expect(journal.next).toBe(10)
    journal.close()

    const again = opened({ dir })
    expect(again.next).toBe(3)
    again.startAfter(9)
    expect(again.append([record(2, 'c'), record(2, 'd')])).toBe(10)
    again.close()

    const third = opened({ dir })
    expect(third.report).toMatchObject({ segments: 2, records: 4, damage: [] })
    expect(read(third)).toEqual(['1:a', '2:b', '10:c', '11:d'])
    expect(third.report.damage).toEqual([])
    expect(third.append([record(2, 'e')])).toBe(12)
    expect(third.segments).toBe(2)
  })

  test('startAfter on an empty journal', () => {
    const journal = opened({ dir: temporaryDirectory() })
    journal.startAfter(41)
    expect(journal.first).toBe(42)
    expect(journal.append([record(1, 'a')])).toBe(42)
    expect(read(journal)).toEqual(['42:a'])
  })
})

describe('read', () => {
  // Position and arrival are the same number.
  const LINES = ['1 2 3', '4', '5 6', '7 8 9']

  test.each([
    [{}, '1 2 3 4 5 6 7 8 9'],
    [{ position: 0 }, '1 2 3 4 5 6 7 8 9'],
    [{ position: 3 }, '3 4 5 6 7 8 9'],
    [{ position: 4 }, '4 5 6 7 8 9'],
    [{ position: 6 }, '6 7 8 9'],
    [{ position: 9 }, '9'],
    [{ position: 10 }, ''],
    [{ time: 0 }, '1 2 3 4 5 6 7 8 9'],
    [{ time: 3 }, '3 4 5 6 7 8 9'],
    [{ time: 4 }, '4 5 6 7 8 9'],
    [{ time: 9 }, '9'],
    [{ time: 10 }, ''],
    [{ position: 5, time: 2 }, '5 6 7 8 9'],
    [{ position: 2, time: 7 }, '7 8 9'],
  ])('from %j', (from, expected) => {
    const dir = temporaryDirectory()
    written(dir, LINES)
    const journal = opened({ dir })
    expect([...journal.read(from)].map(({ position }) => position).join(' ')).toBe(expected)
  })

  test('from a time finds all records of that microsecond, over several segments', () => {
    const journal = opened({ dir: temporaryDirectory(), segmentBytes: 0 })
    for (const [arrival, word] of [
      [1, 'a'],
      [2, 'b'],
      [2, 'c'],
      [2, 'd'],
      [3, 'e'],
    ] as const) {
      journal.append([record(arrival, word)])
    }
    expect(read(journal, { time: 2 })).toEqual(['2:b', '3:c', '4:d', '5:e'])
  })

  test('gives what was there when it was called, while records are appended', () => {
    const journal = opened({ dir: temporaryDirectory(), segmentBytes: 48 + 2 * 18 })
    journal.append([record(1, 'a')])
    const reading = journal.read()
    journal.append([record(2, 'b')])
    journal.append([record(3, 'c')])
    expect([...reading].map(({ position }) => position)).toEqual([1])
    const seen: number[] = []
    for (const { position } of journal.read()) {
      seen.push(position)
      journal.append([record(4, 'x')])
    }
    expect(seen).toEqual([1, 2, 3])
    expect(journal.next).toBe(7)
  })

  test('may be left early, and begun again', () => {
    const dir = temporaryDirectory()
    written(dir, ['a b', 'c'])
    const journal = opened({ dir })
    const before = openFiles()
    for (const { position } of journal.read()) if (position === 2) break
    expect(read(journal)).toEqual(['1:a', '2:b', '3:c'])
    expect(openFiles()).toBe(before)
  })

  test('leaves records that were handed out as they are', () => {
    const journal = opened({ dir: temporaryDirectory() })
    const batch = Array.from({ length: 1000 }, (_, i) => record(i, `${i}`.padEnd(3000, '.')))
    journal.append(batch)
    expect([...journal.read()].map(({ bytes }) => bytes)).toEqual(batch.map(({ bytes }) => bytes))
  })
})

describe('retain', () => {
  const HOUR = 3_600_000_000
  // A segment an hour, 66 bytes each: the n-th begins at position n and arrived at n hours.
  const five = (limits: { retainBytes?: number; retainSeconds?: number }) => {
    const journal = opened({ dir: temporaryDirectory(), segmentBytes: 0, ...limits })
    for (const hour of [1, 2, 3, 4, 5]) journal.append([record(hour * HOUR, `${hour}`)])
    return journal
  }

  test.each([
    ['nothing is too much', {}, 5, 6, '1 2 3 4 5'],
    ['bytes: exactly enough', { retainBytes: 5 * 66 }, 5, 6, '1 2 3 4 5'],
    ['bytes: one too many', { retainBytes: 5 * 66 - 1 }, 5, 6, '2 3 4 5'],
    ['bytes: room for two', { retainBytes: 2 * 66 }, 5, 6, '4 5'],
    ['bytes: the last one always stays', { retainBytes: 0 }, 5, 6, '5'],
    ['age: the next segment began exactly then', { retainSeconds: 3 * 3600 }, 5, 6, '1 2 3 4 5'],
    ['age: 1 is wholly older than 2', { retainSeconds: 3 * 3600 - 1 }, 5, 6, '2 3 4 5'],
    ['age: the last one always stays', { retainSeconds: 60 }, 99, 6, '5'],
    ['recovery needs 3', { retainBytes: 0 }, 5, 3, '3 4 5'],
    ['recovery needs all', { retainBytes: 0, retainSeconds: 0 }, 5, 1, '1 2 3 4 5'],
    ['recovery needs what is to come', { retainBytes: 0 }, 5, 99, '5'],
  ])('%s', (_, limits, hours, keepFrom, expected) => {
    const journal = five(limits)
    const kept = expected.split(' ').length
    expect(journal.retain(hours * HOUR, keepFrom)).toBe(5 - kept)
    expect([...journal.read()].map(({ position }) => position).join(' ')).toBe(expected)
    expect(journal).toMatchObject({ segments: kept, bytes: kept * 66, first: 6 - kept, next: 6 })
    expect(journal.counters.removedSegments).toBe(5 - kept)
  })

  test('what it removed is not missed by the next opening', () => {
    const dir = temporaryDirectory()
    written(dir, ['a', 'b', 'c'])
    const journal = opened({ dir, retainBytes: 100 })
    journal.retain(0, 4)
    journal.close()
    const again = opened({ dir })
    expect(read(again)).toEqual(['3:c'])
    expect(again.report).toMatchObject({ segments: 1, records: 1, damage: [] })
    expect(again.first).toBe(3)
  })
})
