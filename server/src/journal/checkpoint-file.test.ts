import { appendFileSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CheckpointFile, oldestCheckpoint, readCheckpoint, removeDrafts } from './checkpoint-file.ts'
import { temporaryDirectory } from './journal.fixture.ts'

/** Writes a checkpoint as of `position` and gives its path. */
function written(dir: string, position: number, lines: readonly unknown[] = [{ at: position }]): string {
  const file = new CheckpointFile(dir, position)
  for (const line of lines) file.write(line)
  file.finishNow()
  return join(dir, nameOf(position))
}

const nameOf = (position: number) => `checkpoint-${String(position).padStart(16, '0')}.jsonl`

/** What is read, and what was said of what was passed over. */
function reading(dir: string) {
  const said: string[] = []
  const read = readCheckpoint(dir, (line) => said.push(line))
  return { position: read?.position, lines: read && [...read.lines], said }
}

test('the lines that were written come back, whatever they are', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { maxLength: 50 }), fc.nat(), (lines, position) => {
      const dir = temporaryDirectory()
      written(dir, position, lines)
      // What JSON can't tell apart is not told apart here, either: -0.
      expect(reading(dir)).toEqual({ position, lines: JSON.parse(JSON.stringify(lines)), said: [] })
    }),
    { numRuns: 50 },
  )
})

test('attributes may have any name', () => {
  const dir = temporaryDirectory()
  const attributes = JSON.parse('{"__proto__":"p","constructor":"c"}')
  written(dir, 1, [{ event: { attributes } }])
  const [line] = reading(dir).lines ?? []
  expect(Object.entries(Object(line).event.attributes)).toEqual([
    ['__proto__', 'p'],
    ['constructor', 'c'],
  ])
  expect(Object.getPrototypeOf(Object(line).event.attributes)).toBe(null)
})

test('megabytes of lines are written piece by piece', async () => {
  const dir = temporaryDirectory()
  const file = new CheckpointFile(dir, 7)
  const lines = Array.from({ length: 3000 }, (_, n) => ({ n, text: 'ä€😀'.repeat(100) }))
  for (const line of lines) file.write(line)
  await file.finish()
  expect(reading(dir)).toEqual({ position: 7, lines, said: [] })
})

describe('it is there whole or not at all', () => {
  test('while it is written, the one before counts', () => {
    const dir = temporaryDirectory()
    written(dir, 1)
    const file = new CheckpointFile(dir, 2)
    file.write({ at: 2 })
    expect(reading(dir)).toMatchObject({ position: 1, said: [] })
    file.finishNow()
    expect(reading(dir)).toMatchObject({ position: 2, said: [] })
  })

  test('one that is given up leaves no trace; giving up one that is there does nothing', () => {
    const dir = temporaryDirectory()
    const file = new CheckpointFile(dir, 2)
    file.write({ at: 2 })
    file.abort()
    file.abort()
    expect(readdirSync(dir)).toEqual([])
    const whole = new CheckpointFile(dir, 3)
    whole.finishNow()
    whole.abort()
    expect(readdirSync(dir)).toEqual([nameOf(3)])
  })

  test('the draft of a process that was killed is not read, and the next one takes its place', () => {
    const dir = temporaryDirectory()
    written(dir, 1)
    writeFileSync(join(dir, `${nameOf(2)}.draft`), readFileSync(join(dir, nameOf(1))))
    expect(reading(dir)).toMatchObject({ position: 1, said: [] })
    written(dir, 2)
    expect(readdirSync(dir).sort()).toEqual([nameOf(1), nameOf(2)])
  })

  test('what processes that were killed left half written is removed, and nothing else', () => {
    const dir = temporaryDirectory()
    written(dir, 1)
    for (const name of [`${nameOf(2)}.draft`, `${nameOf(3)}.draft`, 'notes.draft', `${nameOf(1)}.bak`])
      writeFileSync(join(dir, name), '')
    removeDrafts(dir)
    expect(readdirSync(dir).sort()).toEqual([nameOf(1), `${nameOf(1)}.bak`, 'notes.draft'])
    removeDrafts(join(dir, 'missing'))
  })

  test('one that cannot be put in its place throws', () => {
    const dir = temporaryDirectory()
    const file = new CheckpointFile(dir, 1)
    rmSync(dir, { recursive: true })
    expect(() => file.finishNow()).toThrow('ENOENT')
  })
})

describe('the two newest are kept', () => {
  test('and the journal is needed from the older one on', () => {
    const dir = temporaryDirectory()
    expect(oldestCheckpoint(dir)).toBe(0)
    for (const position of [5, 40, 1000]) written(dir, position)
    expect(readdirSync(dir).sort()).toEqual([nameOf(40), nameOf(1000)])
    expect(oldestCheckpoint(dir)).toBe(40)
  })

  test('other files are left alone', () => {
    const dir = temporaryDirectory()
    written(dir, 1)
    for (const name of ['notes.txt', 'checkpoint-2.jsonl', `${nameOf(3)}.bak`])
      writeFileSync(join(dir, name), 'x')
    for (const position of [4, 5]) written(dir, position)
    expect(readdirSync(dir)).toHaveLength(5)
    expect(reading(dir)).toMatchObject({ position: 5, said: [] })
  })

  test('one at the same position takes the place of the one that is there', () => {
    const dir = temporaryDirectory()
    written(dir, 1, ['old'])
    written(dir, 1, ['new'])
    expect(reading(dir)).toEqual({ position: 1, lines: ['new'], said: [] })
  })
})

test('where there is none, or no directory, none is read', () => {
  const dir = temporaryDirectory()
  expect(reading(dir)).toEqual({ position: undefined, lines: undefined, said: [] })
  expect(reading(join(dir, 'missing'))).toEqual({ position: undefined, lines: undefined, said: [] })
})

const LINES = [{ kind: 'clock', now: 17 }, { kind: 'entry' }, { kind: 'alert', summary: 'web-1 is down' }]

describe('one that is not sound is passed over, and said so', () => {
  const end = (text: string) => text.lastIndexOf('{"end"')
  test.each<[string, (text: string) => string, string]>([
    ['empty', () => '', 'JSON'],
    ['cut off in its head', (text) => text.slice(0, 10), 'JSON'],
    ['cut off after its head', (text) => text.slice(0, text.indexOf('\n') + 1), 'cut off'],
    ['cut off in a line', (text) => text.slice(0, end(text) - 5), 'cut off'],
    ['cut off between lines', (text) => text.slice(0, end(text)), 'cut off'],
    ['without the last line break', (text) => text.slice(0, -1), 'cut off'],
    ['a letter is another', (text) => text.replace('web-1', 'web-2'), 'damaged: the checksum differs'],
    ['a line is missing', (text) => text.replace('{"kind":"entry"}\n', ''), 'cut off'],
    ['something follows', (text) => `${text}{}\n`, 'cut off'],
    ['of another format', (text) => text.replace('"format":1', '"format":2'), 'not a checkpoint of format 1'],
    ['something else', () => '{"name":"weir"}\n', 'not a checkpoint of format 1'],
    ['of another position', (text) => text.replace('"position":9', '"position":8'), 'another position'],
    ['zeros', (text) => '\0'.repeat(text.length), 'JSON'],
  ])('%s', (_, damage, problem) => {
    const dir = temporaryDirectory()
    written(dir, 5, ['before'])
    const path = written(dir, 9, LINES)
    const text = readFileSync(path, 'utf8')
    expect(damage(text)).not.toBe(text)
    writeFileSync(path, damage(text))
    const read = reading(dir)
    expect(read).toEqual({
      position: 5,
      lines: ['before'],
      said: [expect.stringContaining(`${path}: `)],
    })
    expect(read.said[0]).toContain(problem)
  })

  test('wherever it is cut off, and whichever byte is another', () => {
    const dir = temporaryDirectory()
    written(dir, 5, ['before'])
    const path = written(dir, 9, LINES)
    const sound = readFileSync(path)
    fc.assert(
      fc.property(fc.nat(sound.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const other = Buffer.from(sound)
        other[at] = (other[at] ?? 0) ^ flip
        writeFileSync(path, other)
        const { position, lines } = reading(dir)
        // A head that says the same in other letters is sound.
        if (position === 9) expect(lines).toEqual(LINES)
        else expect([position, lines]).toEqual([5, ['before']])
        writeFileSync(path, sound)
        truncateSync(path, at)
        expect(reading(dir).position).toBe(5)
      }),
    )
  })

  test('it does not count as one of the two that are kept, nor is it read again', () => {
    const dir = temporaryDirectory()
    written(dir, 5, ['sound'])
    appendFileSync(written(dir, 9), 'x')
    expect(reading(dir)).toMatchObject({ position: 5 })
    const newer = written(dir, 12)
    expect(oldestCheckpoint(dir)).toBe(5)
    appendFileSync(newer, 'x')
    expect(reading(dir)).toMatchObject({
      position: 5,
      lines: ['sound'],
      said: [expect.stringContaining(newer)],
    })
  })

  test('the two newest of those that were set aside are kept, for whoever wants to know', () => {
    const dir = temporaryDirectory()
    for (const position of [5, 9, 12]) {
      appendFileSync(written(dir, position), 'x')
      reading(dir)
    }
    written(dir, 15)
    const damaged = readdirSync(dir).filter((name) => name.endsWith('.damaged'))
    expect(damaged.sort()).toEqual([`${nameOf(9)}.damaged`, `${nameOf(12)}.damaged`])
  })

  test('where no other is left, none is read', () => {
    const dir = temporaryDirectory()
    for (const position of [5, 9]) appendFileSync(written(dir, position), 'x')
    expect(reading(dir)).toMatchObject({
      position: undefined,
      said: [expect.any(String), expect.any(String)],
    })
    expect(readdirSync(dir).sort()).toEqual([`${nameOf(5)}.damaged`, `${nameOf(9)}.damaged`])
  })
})
