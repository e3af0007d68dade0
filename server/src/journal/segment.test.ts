import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { names, opened, read, record, temporaryDirectory } from './journal.fixture.ts'
import { segmentFile } from './segment.ts'

// These bytes were put together from the table in segment.ts by other means. A change of any of them makes every
// journal in the world unreadable: it needs a new version of the format instead.
const FIRST =
  '574549524a524e4c01000000010000000000000000000000000000000000000000000000004062415944060018f6234b' +
  'a1a6a4e800000000004062415944060002' +
  '094e48fa040000000140624159440600016469736b'
const SECOND =
  '574549524a524e4c010000000400000001000000010000000000000002000000000000000240624159440600bc53668e' +
  '0e6e45f10400000002406241594406000664622d31'
const ARRIVAL = 1_764_000_000_000_000

test('version 1 of the format is written byte by byte as documented', () => {
  const dir = temporaryDirectory()
  const journal = opened({ dir })
  journal.append([record(ARRIVAL, '', 'start'), record(ARRIVAL + 1, 'disk')])
  journal.startAfter(4_294_967_299)
  journal.append([record(ARRIVAL + 2, 'db-1', 'command')])

  expect(names(dir)).toEqual(['0000000000000001.weirj', '0000004294967300.weirj'])
  expect(readFileSync(segmentFile(dir, 1), 'hex')).toBe(FIRST)
  expect(readFileSync(segmentFile(dir, 4_294_967_300), 'hex')).toBe(SECOND)
})

test('version 1 of the format is read', () => {
  const dir = temporaryDirectory()
  writeFileSync(segmentFile(dir, 1), FIRST, 'hex')
  writeFileSync(segmentFile(dir, 4_294_967_300), SECOND, 'hex')
  const journal = opened({ dir })

  expect([...journal.read()]).toEqual([
    { position: 1, ...record(ARRIVAL, '', 'start') },
    { position: 2, ...record(ARRIVAL + 1, 'disk') },
    { position: 4_294_967_300, ...record(ARRIVAL + 2, 'db-1', 'command') },
  ])
  expect(journal.report).toMatchObject({ segments: 2, records: 3, bytes: 86 + 69, torn: [], damage: [] })
  expect(journal.append([record(ARRIVAL + 2, 'more')])).toBe(4_294_967_301)
  expect(read(journal, { position: 3 })).toEqual(['4294967300:db-1', '4294967301:more'])
})
