import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { flip, opened, read, record, temporaryDirectory, written } from './journal.fixture.ts'
import { openJournal } from './journal.ts'
import { openSource } from './source.ts'

/** Three segments, of which the first two are compressed. */
async function compressed(lines = ['one two', 'three', 'four five']) {
  const dir = temporaryDirectory()
  const files = written(dir, lines)
  const journal = opened({ dir, segmentBytes: 0 })
  await journal.compress(99)
  return { dir, files, journal, all: lines.join(' ').split(' ') }
}

const words = (journal: Parameters<typeof read>[0], from?: Parameters<typeof read>[1]) =>
  read(journal, from).map((text) => text.split(':')[1])

describe('compressed segments', () => {
  test('take the place of their files, all but the last one, and are read as ever', async () => {
    const { dir, journal, all } = await compressed()
    const names = ['0000000000000001.weirj.zst', '0000000000000003.weirj.zst', '0000000000000004.weirj']
    expect(readdirSync(dir).toSorted()).toEqual(names)
    for (const each of [journal, opened({ dir })]) {
      expect(words(each)).toEqual(all)
      expect(words(each, { position: 2 })).toEqual(all.slice(1))
      expect(words(each, { time: 3 })).toEqual(all.slice(2))
      expect(each.report.damage).toEqual([])
    }
    journal.append([record(9, 'six')])
    expect(words(journal)).toEqual([...all, 'six'])
  })

  test('are those that end before a position; what begins there stays as it is', async () => {
    const dir = temporaryDirectory()
    written(dir, ['one two', 'three', 'four'])
    const journal = opened({ dir })
    expect(await journal.compress(2)).toBe(0)
    expect(await journal.compress(3)).toBe(1)
    expect(readdirSync(dir).filter((name) => name.endsWith('.zst'))).toEqual(['0000000000000001.weirj.zst'])
    expect(await journal.compress(99)).toBe(1)
    expect(await journal.compress(99)).toBe(0)
  })

  test('take less room, are counted as that, and leave by age and size as others do', async () => {
    const dir = temporaryDirectory()
    const journal = opened({ dir, segmentBytes: 3_000_000, retainBytes: 1_000_000 })
    const text = 'the same words, again and again; '.repeat(1000)
    for (let n = 1; n <= 400; n++) journal.append([record(n, `${n} ${text}`)])
    const before = journal.bytes
    expect(before).toBeGreaterThan(10_000_000)
    await journal.compress(400)
    expect(journal.bytes).toBeLessThan(before / 3)
    const sizes = readdirSync(dir).map((name) => statSync(`${dir}/${name}`).size)
    expect(journal.bytes).toBe(sizes.reduce((sum, size) => sum + size, 0))
    const again = opened({ dir })
    expect([again.bytes, again.report.records]).toEqual([journal.bytes, 400])
    expect([...again.read({ position: 150 })].map(({ position }) => position)).toEqual(
      Array.from({ length: 251 }, (_, n) => n + 150),
    )
    expect(journal.retain(500, 400)).toBeGreaterThan(0)
    expect(journal.first).toBeGreaterThan(1)
    expect(readdirSync(dir)).toHaveLength(journal.segments)
    expect(words(journal).length).toBe(401 - journal.first)
  })

  test('are in a format that zstd reads', async () => {
    const dir = temporaryDirectory()
    const [file = ''] = written(dir, ['one two', 'three'])
    const plain = readFileSync(file)
    await opened({ dir }).compress(99)
    const ran = spawnSync('zstd', ['-dc', `${file}.zst`])
    if (ran.error === undefined) expect(ran.stdout.equals(plain)).toBe(true)
    const source = openSource(file)
    const bytes = Buffer.alloc(plain.length)
    expect([source.size, source.read(bytes, 0, bytes.length, 0)]).toEqual([plain.length, plain.length])
    expect(bytes.equals(plain)).toBe(true)
    source.close()
  })

  test('disturb nobody who is reading', async () => {
    const dir = temporaryDirectory()
    written(dir, ['one two', 'three', 'four'])
    const journal = opened({ dir })
    const reading = journal.read()
    const texts = [reading.next().value]
    await journal.compress(99)
    texts.push(...reading)
    expect(texts.map((each) => new TextDecoder().decode(each?.bytes))).toEqual([
      'one',
      'two',
      'three',
      'four',
    ])
    expect(journal.report.damage).toEqual([])
  })

  test('are given up where the segment leaves meanwhile, or the journal closes', async () => {
    const dir = temporaryDirectory()
    written(dir, ['one two', 'three', 'four'])
    const journal = openJournal({ dir, retainBytes: 0 })
    const compressing = journal.compress(99)
    journal.retain(99, 99)
    await compressing
    expect(readdirSync(dir)).toEqual(['0000000000000004.weirj'])
    const closing = temporaryDirectory()
    written(closing, ['one two', 'three', 'four'])
    const other = openJournal({ dir: closing })
    const compressingThere = other.compress(99)
    other.close()
    expect(await compressingThere).toBe(0)
    expect(readdirSync(closing).filter((name) => name.includes('zst'))).toEqual([])
  })
})

describe('after a kill', () => {
  test('a draft is removed; where both files are there, the segment itself counts', async () => {
    const { dir, files } = await compressed()
    const [first = '', second = ''] = files
    const zst = readFileSync(`${first}.zst`)
    const source = openSource(second)
    const plain = Buffer.alloc(source.size)
    source.read(plain, 0, plain.length, 0)
    source.close()
    writeFileSync(`${first}.zst.draft`, zst.subarray(0, 20))
    writeFileSync(second, plain)
    const journal = opened({ dir })
    expect(words(journal)).toEqual(['one', 'two', 'three', 'four', 'five'])
    expect(existsSync(`${first}.zst.draft`)).toBe(false)
    expect(existsSync(`${second}.zst`)).toBe(false)
    expect(await journal.compress(99)).toBe(1)
  })

  test('of a compressed segment that has become the last one, nothing is cut off, and a new one follows', async () => {
    const { dir, files } = await compressed()
    unlinkSync(files[2] ?? '')
    const journal = opened({ dir })
    expect(words(journal)).toEqual(['one', 'two', 'three'])
    journal.append([record(9, 'next')])
    expect(words(journal)).toEqual(['one', 'two', 'three', 'next'])
    expect(words(opened({ dir }))).toEqual(['one', 'two', 'three', 'next'])
  })
})

test('a compressed file that is damaged anywhere costs no record of another one, and what is read is what was written', async () => {
  const lines = ['one two three', 'four five', 'six', 'seven']
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), async (place, mask) => {
      const { dir, files } = await compressed(lines)
      const file = `${files[1]}.zst`
      flip(file, place % statSync(file).size, mask)
      const journal = opened({ dir })
      const found = read(journal)
      const expected = lines
        .join(' ')
        .split(' ')
        .map((word, n) => `${n + 1}:${word}`)
      expect(expected).toEqual(expect.arrayContaining(found))
      expect(found).toEqual(expect.arrayContaining(['1:one', '2:two', '3:three', '6:six', '7:seven']))
      if (found.length < expected.length) expect(journal.report.damage.length).toBeGreaterThan(0)
    }),
    { numRuns: 60 },
  )
})
