import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { temporaryDirectory } from './journal/journal.fixture.ts'
import { OtherProcess } from './loader.fixture.ts'
import { RuleSets } from './rule-sets.ts'
import { bareRuleSet, type RuleSet } from './rules/rule-set.ts'

/** A configuration whose rule has the name that a file in another folder gives. */
const CONFIG = `
import { config, index, rule } from 'weir-hub'
import { name } from '../names/name.ts'
export default config({ rules: [rule(name, { stream: index() })] })`

const other = new OtherProcess()
afterAll(() => other.close())

/** A deployment, whose configuration is changed and loaded again, and where its rule sets are kept. */
function rig({ now = secondsOf(1_000) } = {}) {
  const dir = temporaryDirectory()
  const entry = join(dir, 'deployment/config/weir.config.ts')
  const kept = join(dir, 'data/rules')
  const said: string[] = []
  const sets = new RuleSets(kept, now, (line) => said.push(line))
  const write = (path: string, text: string) => {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  return {
    ...{ dir, entry, kept, said, sets, write },
    /** The rule set of now, with a rule of this name. */
    ruleSet(name: string): Promise<RuleSet> {
      write(entry, CONFIG)
      write(join(dir, 'deployment/names/name.ts'), `export const name = '${name}'`)
      return loaded(entry)
    },
  }
}

/** A clock, in microseconds, that goes on by a second whenever it is read. */
function secondsOf(start: number): () => number {
  let second = start
  return () => ++second * 1e6
}

/** The rule set of a configuration, but for the rules themselves. */
async function loaded(file: string): Promise<RuleSet> {
  const { hash, entry, files } = await other.load(file)
  return { ...bareRuleSet([]), hash, entry, files: new Map(Object.entries(files)) }
}

/** A rule set of files that are never loaded. */
const paper = (hash: string): RuleSet => ({
  ...bareRuleSet([]),
  hash,
  entry: '/config/weir.config.ts',
  files: new Map([['/config/weir.config.ts', hash]]),
})

describe('a rule set that was in force', () => {
  test('is had again from its copy, although its files have changed or are gone', async () => {
    const { ruleSet, sets, dir, kept } = rig()
    const first = await ruleSet('first')
    sets.keep(first)
    const second = await ruleSet('second')
    sets.keep(second)
    const now = await ruleSet('now')
    sets.keep(now)
    rmSync(join(dir, 'deployment'), { recursive: true })
    expect(await other.earlier(kept, now.hash)).toEqual({
      earlier: { [first.hash]: ['first'], [second.hash]: ['second'] },
      log: [],
    })
  })

  test('has the packages of where it came from', async () => {
    const { entry, sets, write, dir, kept } = rig()
    const modules = join(dir, 'deployment/node_modules/names')
    write(join(modules, 'package.json'), '{ "name": "names", "type": "module", "exports": "./names.js" }')
    write(join(modules, 'names.js'), "export const name = 'from a package'")
    write(entry, CONFIG.replace('../names/name.ts', 'names'))
    const set = await loaded(entry)
    sets.keep(set)
    expect(await other.earlier(kept, 'now')).toEqual({ earlier: { [set.hash]: ['from a package'] }, log: [] })
  })

  test('is copied once, as its files were when it was loaded', async () => {
    const { ruleSet, sets, kept } = rig()
    const first = await ruleSet('first')
    await ruleSet('second')
    sets.keep(first)
    sets.keep(first)
    expect(readdirSync(kept)).toEqual([first.hash])
    expect(readFileSync(join(kept, first.hash, 'files/names/name.ts'), 'utf8')).toContain("'first'")
  })

  test('that cannot be loaded any more is said, and the others are had', async () => {
    const { ruleSet, sets, kept } = rig()
    const first = await ruleSet('first')
    const second = await ruleSet('second')
    for (const set of [first, second]) sets.keep(set)
    writeFileSync(join(kept, first.hash, 'files/names/name.ts'), 'export const name = (')
    mkdirSync(join(kept, 'strange'))
    const { earlier, log } = await other.earlier(kept, 'now')
    expect(earlier).toEqual({ [second.hash]: ['second'] })
    expect(log.toSorted()).toEqual(
      [first.hash, 'strange']
        .toSorted()
        .map((name) => expect.stringContaining(`earlier rules in ${join(kept, name)} can't be loaded: `)),
    )
  })
})

describe('of those that are kept', () => {
  test('those that nobody needs leave, but for the one kept last and the ten before it', () => {
    const { sets, kept } = rig()
    for (let n = 1; n <= 20; n++) sets.keep(paper(`set-${n}`))
    expect(readdirSync(kept)).toHaveLength(20)
    sets.keep(paper('set-1'))
    sets.prune(new Set(['set-3', 'set-20', 'gone']))
    const left = [1, 3, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20].map((n) => `set-${n}`)
    expect(readdirSync(kept).toSorted()).toEqual(left.toSorted())
  })

  test('the one kept last stays, although it is not in force yet and no time has passed since the others', () => {
    for (let last = 1; last <= 20; last++) {
      const { kept, sets } = rig({ now: () => 1_000e6 })
      for (let n = 1; n <= 20; n++) if (n !== last) sets.keep(paper(`set-${n}`))
      sets.keep(paper(`set-${last}`))
      sets.prune(new Set())
      expect(readdirSync(kept)).toContain(`set-${last}`)
    }
  })

  test('none is half written: what a kill left is removed, and made anew', async () => {
    const { sets, kept, write } = rig()
    write(join(kept, 'set-1.draft/files/half.ts'), '')
    write(join(kept, 'set-2.draft/files/half.ts'), '')
    write(join(kept, 'set-1/files/weir.config.ts'), 'without its manifest')
    expect((await other.earlier(kept, 'set-1')).log).toEqual([])
    sets.keep(paper('set-1'))
    expect(readdirSync(kept)).toEqual(['set-1'])
    expect(readFileSync(join(kept, 'set-1/files/weir.config.ts'), 'utf8')).toBe('set-1')
    expect(existsSync(join(kept, 'set-1/files/half.ts'))).toBe(false)
  })
})

test('rules that come from no file are not kept', () => {
  const { sets, kept } = rig()
  sets.keep(bareRuleSet([]))
  expect(existsSync(kept)).toBe(false)
})

test('where nothing is kept yet, there is nothing earlier', async () => {
  expect(await other.earlier(rig().kept, 'now')).toEqual({ earlier: {}, log: [] })
})

test('rules that cannot be kept are said, and leave nothing behind', () => {
  const { sets, kept, dir, write, said } = rig()
  write(join(dir, 'data'), 'a file where the directory should be')
  sets.keep(paper('set-1'))
  expect(said).toEqual([expect.stringMatching(`^the rules could not be kept in ${kept}/set-1: E`)])
})
