import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { scratch } from '../real/processes.ts'
import { makeDay } from './day.ts'
import { type Lived, live } from './live.ts'
import { Random } from './random.ts'

const SEED = Number(process.env.WEIR_SEED ?? Math.floor(Math.random() * 2 ** 31))
const day = makeDay(SEED, 3)
/** The middle of the day. */
const STEP = Math.floor(day.steps.length / 2)

process.setMaxListeners(0)

/** The checkpoints in a data directory, the newest first. */
function checkpoints(data: string): readonly string[] {
  const dir = join(data, 'checkpoints')
  const names = readdirSync(dir).filter((name) => name.endsWith('.jsonl'))
  return names
    .toSorted()
    .reverse()
    .map((name) => join(dir, name))
}

function removeCheckpoints(data: string): void {
  for (const checkpoint of checkpoints(data)) rmSync(checkpoint)
}

function cut(path = ''): void {
  truncateSync(path, readFileSync(path).length - 100)
}

/** Makes one byte another one. */
function spoil(path = '', at: (bytes: Buffer) => number = (bytes) => Math.floor(bytes.length / 2)): number {
  const bytes = readFileSync(path)
  const place = at(bytes)
  bytes.writeUInt8(bytes.readUInt8(place) ^ 0x10, place)
  writeFileSync(path, bytes)
  return place
}

function segment(data: string): string {
  const dir = join(data, 'journal')
  return join(dir, readdirSync(dir).find((name) => name.endsWith('.weirj')) ?? '')
}

/** Where the record that stands at so much of the file begins; a header of 48 bytes comes first, 17 before each one's own. */
function recordAt(bytes: Buffer, share: number): number {
  let at = 48
  while (at < bytes.length * share || bytes.readUInt32LE(at + 4) < 100) at += 17 + bytes.readUInt32LE(at + 4)
  return at
}

/** What was decided after the harm. */
function later({ decisions }: Lived): readonly unknown[] {
  return decisions.filter(({ at }) => Number(at) > (day.steps[STEP]?.at ?? 0))
}

async function harmed(harm: (data: string) => void): Promise<Lived> {
  return live(day, { dir: await scratch(), random: new Random(SEED), harms: new Map([[STEP, harm]]) })
}

describe(`a hub that is killed, and whose disk was damaged before it starts again (WEIR_SEED=${SEED})`, () => {
  let calm: Lived
  beforeAll(async () => {
    calm = await live(day, { dir: await scratch(), random: new Random(SEED) })
  })

  function expectAsEver(lived: Lived): void {
    expect(lived.messages).toEqual(calm.messages)
    expect(lived.decisions).toEqual(calm.decisions)
    expect(lived.alerts).toEqual(calm.alerts)
    for (const [destination, arrived] of calm.arrived)
      expect(lived.arrived.get(destination)).toHaveLength(arrived.length)
  }

  test.each<[string, (data: string) => void, RegExp]>([
    [
      'a checkpoint that was left half written: it is removed',
      (data) => {
        const [newest = ''] = checkpoints(data)
        const later = newest.replace('-0', '-9')
        writeFileSync(`${later}.draft`, readFileSync(newest).subarray(0, 1000))
      },
      /replayed \d+ records/,
    ],
    [
      'a newest checkpoint that is cut off: the one before it serves',
      (data) => cut(checkpoints(data)[0]),
      /checkpoint-\d+\.jsonl: cut off; taking the one before it/,
    ],
    [
      'a newest checkpoint with another byte: the one before it serves',
      (data) => void spoil(checkpoints(data)[0]),
      /checkpoint-\d+\.jsonl: .*; taking the one before it/,
    ],
    [
      'no readable checkpoint: the whole journal is replayed',
      (data) => {
        for (const checkpoint of checkpoints(data)) spoil(checkpoint)
      },
      /replayed \d{4,} records/,
    ],
    ['no checkpoint at all', removeCheckpoints, /replayed \d{4,} records/],
    [
      'a record of the journal that a checkpoint covers',
      (data) => void spoil(segment(data), (bytes) => recordAt(bytes, 0.2) + 30),
      /\.weirj: at byte \d+: record \d+ is damaged and lost/,
    ],
  ])('%s, and nothing is lost', async (_, harm, says) => {
    const lived = await harmed(harm)
    expect(lived.output).toMatch(says)
    expectAsEver(lived)
    expect(lived.leftOver).toEqual([])
  })

  test('a record of the journal that is to be replayed: it is named with file and byte, and the hub goes on', async () => {
    let place = ''
    const lived = await harmed((data) => {
      removeCheckpoints(data)
      const at = spoil(segment(data), (bytes) => recordAt(bytes, 0.5) + 30)
      place = `${segment(data)}: at byte ${at - 30}: record`
    })
    expect(lived.output).toContain(place)
    expect(later(lived).length).toBeGreaterThan(0.8 * later(calm).length)
  })

  test('a journal that breaks off in the middle: what is left of it is kept aside, and the hub goes on', async () => {
    let data = ''
    const lived = await harmed((dir) => {
      data = dir
      spoil(segment(dir), (bytes) => recordAt(bytes, 0.5) + 7)
    })
    expect(lived.output).toMatch(
      /\.weirj: \d+ bytes at byte \d+ are no whole record; they were cut off and are kept/,
    )
    expect(readdirSync(join(data, 'journal')).filter((name) => name.includes('.torn-'))).toHaveLength(1)
    expect(later(lived).length).toBeGreaterThan(0.8 * later(calm).length)
  })
})
