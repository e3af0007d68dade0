import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { Rig, START } from './hub.fixture.ts'

/** When a hub starts on the damaged data. */
const LATER = START + 400_000_000
let lived: string
let whole: string
let expected: {
  readonly open: readonly string[]
  readonly indexed: readonly string[]
  readonly messages: readonly string[]
}

beforeAll(async () => {
  lived = mkdtempSync(join(tmpdir(), 'weir-hub-'))
  let now = START
  // Two that stop, and leave a checkpoint each, and one that is killed.
  for (const life of [1, 2, 3]) {
    const rig = new Rig(lived, now, { segmentBytes: 2_000 })
    rig.settle()
    for (let n = 0; n < 12; n++) {
      rig.send(
        { host: `web-${life}`, service: 'heartbeat', ttl: 9 },
        { host: 'db-1', service: 'disk', metric: 3, ttl: 900 },
      )
      for (let m = 0; m < 20; m++)
        rig.send({ host: `host-${m}`, service: `service-${life}`, metric: n, ttl: 900 })
      await rig.pass(6)
    }
    if (life < 3) await rig.stop()
    else rig.kill()
    now += 100_000_000
  }
  // What was being compressed goes on in this process: files come and go until that is over.
  whole = await vi.waitFor(() => copyOf(lived), 20_000)
  expected = await started(whole, () => {})
})
afterAll(() => {
  for (const dir of [lived, whole]) remove(dir)
})

function remove(dir: string): void {
  rmSync(dir, { recursive: true, maxRetries: 20 })
}

function copyOf(data: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'weir-hub-'))
  try {
    cpSync(data, copy, { recursive: true })
    return copy
  } catch (error) {
    remove(copy)
    throw error
  }
}

/** What a hub that starts on a copy of the data holds, once that was damaged. */
async function started(data: string, damage: (copy: string) => void) {
  const dir = copyOf(data)
  try {
    damage(dir)
    const rig = new Rig(dir, LATER, { segmentBytes: 2_000 })
    rig.settle()
    const held = {
      open: rig.open(),
      indexed: rig.indexed().toSorted(),
      messages: rig.messages(),
      log: [...rig.log],
    }
    rig.send({ host: 'new', service: 'heartbeat', ttl: 5 })
    expect(rig.outcomes.at(-1)).toEqual({ ok: true })
    await rig.pass(8)
    expect(rig.open()).toContain('host down new firing')
    rig.kill()
    return held
  } finally {
    remove(dir)
  }
}

const harm = fc.record({
  file: fc.nat(),
  place: fc.nat(),
  mask: fc.integer({ min: 1, max: 255 }),
  cut: fc.boolean(),
})
type Harm = typeof harm extends fc.Arbitrary<infer T> ? T : never

function files(dir: string, ending: string): readonly string[] {
  return readdirSync(dir)
    .filter((name) => name.endsWith(ending))
    .toSorted()
    .map((name) => join(dir, name))
}

/** Changes a byte, or cuts the file off there. */
function harmOne(among: readonly string[], { file, place, mask, cut }: Harm): string {
  const path = among[file % among.length] ?? ''
  const bytes = readFileSync(path)
  const at = place % bytes.length
  if (cut) truncateSync(path, at)
  else {
    bytes.writeUInt8(bytes.readUInt8(at) ^ mask, at)
    writeFileSync(path, bytes)
  }
  return path
}

describe('a hub that starts on damaged data', () => {
  test('knows all of it where checkpoints are damaged, one or both, at any place, and names the newest', () => {
    return fc.assert(
      fc.asyncProperty(fc.array(harm, { minLength: 1, maxLength: 2 }), async (harms) => {
        const harmed = new Set<string>()
        const { log, ...held } = await started(whole, (copy) => {
          const checkpoints = files(join(copy, 'checkpoints'), '.jsonl')
          expect(checkpoints).toHaveLength(2)
          for (const each of harms) harmed.add(harmOne(checkpoints, each))
        })
        const { open, indexed, messages } = expected
        expect(held).toEqual({ open, indexed, messages })
        const newest = [...harmed].find((path) => path.includes(newestName()))
        // The same byte may have been changed back.
        if (newest !== undefined && harms.length === 1) expect(log.join('\n')).toContain(`${newest}: `)
      }),
      { numRuns: 40 },
    )
  })

  test('says what is lost where the journal is damaged, at any place, and goes on; nothing is told that was told', () => {
    return fc.assert(
      fc.asyncProperty(fc.array(harm, { minLength: 1, maxLength: 3 }), fc.boolean(), async (harms, bare) => {
        const { log, ...held } = await started(whole, (copy) => {
          if (bare) rmSync(join(copy, 'checkpoints'), { recursive: true })
          for (const each of harms) harmOne(files(join(copy, 'journal'), '.weirj'), each)
        })
        const { messages } = expected
        // Those that were decided are known by their ids, as far as the same records decide them again.
        expect(held.messages.slice(0, messages.length)).toEqual(messages)
        if (JSON.stringify(held.indexed) !== JSON.stringify(expected.indexed))
          expect(log.join('\n')).toMatch(/lost|cut off|is damaged|begins at record/)
      }),
      { numRuns: 60 },
    )
  })
})

/** The name of the newest checkpoint. */
function newestName(): string {
  return (
    readdirSync(join(whole, 'checkpoints'))
      .filter((name) => name.endsWith('.jsonl'))
      .toSorted()
      .at(-1) ?? ''
  )
}
