import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { WeirError } from '../errors.ts'
import { faultyIo } from './journal.fixture.ts'
import { type Journal, openJournal } from './journal.ts'
import type { ReadFrom } from './read.ts'
import type { JournalRecord, NewRecord } from './record.ts'
import { segmentFile } from './segment.ts'

const batch = fc.array(
  fc.record({
    later: fc.nat({ max: 3 }),
    kind: fc.constantFrom('msg', 'start', 'stop', 'mark', 'gap', 'command'),
    bytes: fc.uint8Array({ maxLength: 40 }),
  }),
  { minLength: 1, maxLength: 8 },
)
type Batch = typeof batch extends fc.Arbitrary<infer T> ? T : never

const segmentBytes = fc.integer({ min: 0, max: 600 })

/** A batch as it is appended: each record arrives so much later than the one before. */
function arriving(parts: Batch, from: number): NewRecord[] {
  let arrival = from
  return parts.map(({ later, kind, bytes }) => {
    arrival += later
    return { arrival, kind, bytes }
  })
}

function inDirectory(run: (dir: string) => void): void {
  const dir = mkdtempSync(join(tmpdir(), 'weir-journal-'))
  try {
    run(dir)
  } finally {
    rmSync(dir, { recursive: true })
  }
}

function readAll(journal: Journal, from?: ReadFrom): JournalRecord[] {
  return [...journal.read(from)]
}

/** Appends the batches to a new journal, closes it and returns what it holds. */
function fill(dir: string, size: number, batches: readonly Batch[]): JournalRecord[] {
  const journal = openJournal({ dir, segmentBytes: size })
  for (const parts of batches) journal.append(arriving(parts, journal.arrival))
  const records = readAll(journal)
  journal.close()
  return records
}

test('what was appended is read back, through openings, full disks and positions passed over', () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: batch.map((parts) => ({ do: 'append' as const, parts })) },
    { weight: 1, arbitrary: fc.constant({ do: 'reopen' as const }) },
    { weight: 1, arbitrary: fc.nat({ max: 20 }).map((by) => ({ do: 'startAfter' as const, by })) },
    { weight: 1, arbitrary: fc.nat({ max: 200 }).map((room) => ({ do: 'full' as const, room })) },
  )
  fc.assert(
    fc.property(
      segmentBytes,
      fc.array(step, { maxLength: 20 }),
      fc.nat(40),
      fc.nat(40),
      (size, steps, position, time) =>
        inDirectory((dir) => {
          const io = faultyIo()
          const expected: JournalRecord[] = []
          let journal = openJournal({ dir, segmentBytes: size, io })
          for (const step of steps) {
            if (step.do === 'append') {
              const records = arriving(step.parts, journal.arrival)
              const { next } = journal
              try {
                expect(journal.append(records)).toBe(next)
                expected.push(...records.map((record, i) => ({ ...record, position: next + i })))
              } catch (error) {
                if (!(error instanceof WeirError)) throw error
                expect(journal.next).toBe(next)
                io.room = Number.POSITIVE_INFINITY
              }
            } else if (step.do === 'startAfter') {
              journal.startAfter(journal.next + step.by)
            } else if (step.do === 'full') {
              io.room = step.room
            } else {
              journal.close()
              journal = openJournal({ dir, segmentBytes: size, io })
              expect(journal.report).toMatchObject({ records: expected.length, torn: [], damage: [] })
            }
          }
          expect(readAll(journal)).toEqual(expected)
          expect(readAll(journal, { position })).toEqual(
            expected.filter((record) => record.position >= position),
          )
          expect(readAll(journal, { time })).toEqual(expected.filter((record) => record.arrival >= time))
          expect(journal.report).toMatchObject({ torn: [], damage: [] })
          journal.close()
        }),
    ),
    { numRuns: 300 },
  )
})

test('wherever the last segment is cut short, a prefix is left, and appending goes on behind it', () => {
  fc.assert(
    fc.property(
      segmentBytes,
      fc.array(batch, { minLength: 1, maxLength: 8 }),
      fc.nat(),
      (size, batches, cut) =>
        inDirectory((dir) => {
          const records = fill(dir, size, batches)
          const name = readdirSync(dir).sort().at(-1) ?? ''
          const file = join(dir, name)
          const full = readFileSync(file).length
          truncateSync(file, cut % full)

          const journal = openJournal({ dir, segmentBytes: size })
          const left = readAll(journal)
          expect(left).toEqual(records.slice(0, left.length))
          const before = Number(name.slice(0, 16)) - 1
          expect(left.length).toBeGreaterThanOrEqual(before)
          expect(journal.report).toMatchObject({ records: left.length, damage: [] })

          const next: NewRecord = { arrival: journal.arrival, kind: 'mark', bytes: new Uint8Array(3) }
          expect(journal.append([next])).toBe(left.length + 1)
          journal.close()
          const again = openJournal({ dir })
          expect(readAll(again)).toEqual([...left, { ...next, position: left.length + 1 }])
          expect(again.report).toMatchObject({ torn: [], damage: [] })
          again.close()
        }),
    ),
    { numRuns: 300 },
  )
})

test('bytes that changed, anywhere, never give a record that was not written, and are noticed', () => {
  // Each mask is laid over one byte; the first of them changes something.
  const masks = fc.tuple(fc.integer({ min: 1, max: 255 }), fc.array(fc.nat(255), { maxLength: 40 }))
  fc.assert(
    fc.property(
      segmentBytes,
      fc.array(batch, { minLength: 1, maxLength: 8 }),
      fc.nat(),
      fc.nat(),
      fc.oneof(masks, fc.constant<[number, number[]]>([1, []])),
      (size, batches, which, where, [first, more]) =>
        inDirectory((dir) => {
          const records = fill(dir, size, batches)
          const files = readdirSync(dir).sort()
          const file = join(dir, files[which % files.length] ?? '')
          const bytes = readFileSync(file)
          const start = where % bytes.length
          for (const [i, mask] of [first, ...more].entries())
            bytes[start + i] = (bytes[start + i] ?? 0) ^ mask
          writeFileSync(file, bytes)

          const journal = openJournal({ dir, segmentBytes: size })
          const left = readAll(journal)
          const written = new Map(records.map((record) => [record.position, record]))
          expect(left).toEqual(left.map(({ position }) => written.get(position)))
          expect(left.every(({ position }, i) => position > (left[i - 1]?.position ?? 0))).toBe(true)
          expect(left.length).toBeLessThan(records.length)
          expect(journal.report.damage.length + journal.report.torn.length).toBeGreaterThan(0)

          const next: NewRecord = { arrival: journal.arrival, kind: 'mark', bytes: new Uint8Array(3) }
          const position = journal.append([next])
          expect(position).toBeGreaterThan(left.at(-1)?.position ?? 0)
          expect(readAll(journal)).toEqual([...left, { ...next, position }])
          journal.close()
        }),
    ),
    { numRuns: 500 },
  )
})

test('whatever a file holds that is called a segment, opening and reading end well', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(1, 9), (bytes, first) =>
      inDirectory((dir) => {
        const journal = openJournal({ dir })
        journal.startAfter(4)
        journal.append([{ arrival: 1, kind: 'msg', bytes }])
        journal.close()
        writeFileSync(segmentFile(dir, first), bytes)
        const again = openJournal({ dir })
        expect(readAll(again)).toHaveLength(1)
        expect(again.append([{ arrival: 9, kind: 'msg', bytes }])).toBeGreaterThan(5)
        expect(readAll(again)).toHaveLength(2)
        again.close()
      }),
    ),
    { numRuns: 100 },
  )
})
