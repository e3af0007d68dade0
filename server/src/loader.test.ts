import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { type LoadedThere, OtherProcess } from './loader.fixture.ts'

const other = new OtherProcess()
afterAll(() => other.close())

/** A directory outside of the repository, with these files. */
class Tree {
  readonly dir = mkdtempSync(join(tmpdir(), 'weir-loader-'))

  constructor(files: Readonly<Record<string, string>>) {
    onTestFinished(() => rmSync(this.dir, { recursive: true }))
    for (const [name, text] of Object.entries(files)) this.write(name, text)
  }

  path(name: string): string {
    return join(this.dir, name)
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true })
    writeFileSync(this.path(name), text)
  }

  load(): Promise<LoadedThere> {
    return other.load(this.path('weir.config.ts'))
  }
}

const CONFIG = `
import { config } from 'weir-hub'
import { a } from './rules/a.ts'
import { b } from './rules/b.ts'

export default config({ rules: [a, b] })
`
const FILES = {
  'weir.config.ts': CONFIG,
  'rules/a.ts': `
import { rule, index } from 'weir-hub'
import { level } from '../levels/level.ts'
globalThis.said.push(level)
export const a = rule('a', { stream: index() })
`,
  'levels/level.ts': `export { level } from './deep.ts'`,
  'levels/deep.ts': 'export const level = 1',
  'rules/b.ts': `
import { rule, index } from 'weir-hub'
export const b = rule('b', { stream: index() })
`,
}

describe('a configuration', () => {
  test('is known by its files, those that it imports over others included', async () => {
    const tree = new Tree(FILES)
    const { files, entry, rules, said } = await tree.load()
    expect(files).toEqual(
      Object.fromEntries(Object.entries(FILES).map(([name, text]) => [tree.path(name), text])),
    )
    expect([entry, rules, said]).toEqual([tree.path('weir.config.ts'), ['a', 'b'], [1]])
  })

  test('has the same hash and fingerprints each time, until a file changes', async () => {
    const tree = new Tree(FILES)
    const { said: _, ...first } = await tree.load()
    tree.write('rules/b.ts', FILES['rules/b.ts'])
    expect(await tree.load()).toMatchObject(first)
    tree.write('rules/b.ts', `${FILES['rules/b.ts']}// other`)
    expect((await tree.load()).hash).not.toBe(first.hash)
  })

  test('is loaded afresh, with what its files import', async () => {
    const tree = new Tree(FILES)
    await tree.load()
    tree.write('levels/deep.ts', 'export const level = 2')
    expect((await tree.load()).said).toEqual([2])
  })

  test('is known by what was loaded, not by what is written while it is', async () => {
    const tree = new Tree(FILES)
    const deep = JSON.stringify(tree.path('levels/deep.ts'))
    tree.write(
      'rules/b.ts',
      `
import { writeFileSync } from 'node:fs'
writeFileSync(${deep}, 'export const level = 9')
${FILES['rules/b.ts']}`,
    )
    const first = await tree.load()
    const second = await tree.load()
    expect([first.said, second.said]).toEqual([[1], [9]])
    expect(second.hash).not.toBe(first.hash)
    expect(second.fingerprints.a).not.toBe(first.fingerprints.a)
  })

  test('is of ES modules, also where npm init has written that files are not', async () => {
    const tree = new Tree({ ...FILES, 'package.json': '{ "type": "commonjs" }' })
    expect(await tree.load()).toMatchObject({ rules: ['a', 'b'], said: [1] })
  })

  test('may import JSON', async () => {
    const tree = new Tree({
      ...FILES,
      'levels/level.ts': `
import levels from './levels.json' with { type: 'json' }
export const { level } = levels`,
      'levels/levels.json': '{ "level": 7 }',
    })
    const before = await tree.load()
    expect(before.said).toEqual([7])
    tree.write('levels/levels.json', '{ "level": 8 }')
    const after = await tree.load()
    expect([after.said, after.fingerprints.a === before.fingerprints.a]).toEqual([[8], false])
  })

  test("has the running hub's rxjs and weir-hub, wherever it stands, and however often it is loaded", async () => {
    const tree = new Tree({
      'weir.config.ts': `
import { Observable, map } from 'rxjs'
import { map as mapFrom } from 'rxjs/operators'
import { config, rule, WeirError } from 'weir-hub'
globalThis.kept ??= [Observable, WeirError]
globalThis.said.push(globalThis.kept[0] === Observable, globalThis.kept[1] === WeirError, map === mapFrom)
export default config({ rules: [rule('a', { stream: map((e) => e) })] })`,
    })
    for (const _ of [1, 2]) {
      const { said, files } = await tree.load()
      expect([said, Object.keys(files)]).toEqual([[true, true, true], [tree.path('weir.config.ts')]])
    }
  })
})

test('a loading keeps no more than what Node keeps of the modules', () => {
  const tree = new Tree({})
  const fixture = fileURLToPath(new URL('loader-leak.fixture.ts', import.meta.url))
  const args = ['--expose-gc', fixture, tree.path('weir.config.ts'), '20']
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  expect(stderr).toBe('')
  const { ours, plain } = JSON.parse(stdout)
  // A text has about 180 kB, and the marked addresses take a little.
  expect(ours).toBeLessThan(plain + 50_000)
})

describe("a rule's fingerprint changes with", () => {
  const CASES: readonly (readonly [what: string, name: keyof typeof FILES, text: string, rules: string])[] = [
    ['its file', 'rules/b.ts', `${FILES['rules/b.ts']}//`, 'b'],
    ['a file that it imports', 'levels/level.ts', `${FILES['levels/level.ts']}//`, 'a'],
    ['a file that this imports', 'levels/deep.ts', 'export const level = 3', 'a'],
    ['nothing of the configuration around it', 'weir.config.ts', `${CONFIG}//`, ''],
    ['not the order of the rules', 'weir.config.ts', CONFIG.replace('[a, b]', '[b, a]'), ''],
  ]
  test.each(CASES)('%s', async (_, name, text, changed) => {
    const tree = new Tree(FILES)
    const before = await tree.load()
    tree.write(name, text)
    const after = await tree.load()
    expect(Object.keys(before.fingerprints).sort()).toEqual(['a', 'b'])
    const others = Object.keys(after.fingerprints).filter(
      (rule) => after.fingerprints[rule] !== before.fingerprints[rule],
    )
    expect(others.join()).toBe(changed)
  })

  test('where it is called from, where a function makes it', async () => {
    const CALLED = `
import { config } from 'weir-hub'
import { full } from './rules/full.ts'
export default config({ rules: [full(10)] })`
    const tree = new Tree({
      'weir.config.ts': CALLED,
      'rules/full.ts': `
import { alert, below, rule, severity, by } from 'weir-hub'
const made = (levels) => rule('full', { stream: by('host', severity(levels)) })
export const full = (limit) => made({ critical: below(limit) })`,
    })
    const before = await tree.load()
    tree.write('weir.config.ts', CALLED.replace('10', '20'))
    const after = await tree.load()
    expect(before.fingerprints.full).toBeDefined()
    expect(after.fingerprints.full).not.toBe(before.fingerprints.full)
  })

  test('and two rules of one file have two', async () => {
    const both = `
import { rule, index } from 'weir-hub'
export const a = rule('a', { stream: index() })
export const b = rule('b', { stream: index() })`
    const tree = new Tree({
      'weir.config.ts': CONFIG,
      'rules/a.ts': both,
      'rules/b.ts': "export { b } from './a.ts'",
    })
    const { fingerprints } = await tree.load()
    expect(Object.keys(fingerprints)).toEqual(['a', 'b'])
    expect(fingerprints.a).not.toBe(fingerprints.b)
  })
})

describe('what does not load is refused with the place', () => {
  const CASES: readonly (readonly [
    what: string,
    files: Readonly<Record<string, string>>,
    message: RegExp,
  ])[] = [
    [
      'wrong syntax',
      { 'rules/b.ts': 'export const b = 1\nexport const broken: string = (\n' },
      /rules\/b\.ts:\d+: /,
    ],
    ['wrong syntax in JavaScript', { 'rules/b.ts': 'export const b = 1\n\nconst = 2\n' }, /rules\/b\.ts:3: /],
    [
      'a throw',
      { 'levels/deep.ts': "export const level = 1\nthrow new Error('no level')" },
      /levels\/deep\.ts:2: no level$/,
    ],
    [
      'a wrong duration',
      {
        'rules/b.ts': `
import { rule, stable } from 'weir-hub'
export const b = rule('b', {
  stream: stable('5 minutes'),
})`,
      },
      /rules\/b\.ts:4: '5 minutes' is not a duration/,
    ],
    [
      'a missing file',
      { 'rules/b.ts': "export { b } from './c.ts'" },
      /rules\/b\.ts.*c\.ts|c\.ts.*rules\/b\.ts/,
    ],
    [
      'an import without the ending of its file',
      { 'weir.config.ts': CONFIG.replace('./rules/a.ts', './rules/a') },
      /weir\.config\.ts.*rules\/a'.*; the file is a\.ts: an import names it with its ending$/,
    ],
    [
      "an import with JavaScript's ending",
      { 'weir.config.ts': CONFIG.replace('./rules/a.ts', './rules/a.js') },
      /; the file is a\.ts: an import names it with its ending$/,
    ],
    ['a missing name', { 'rules/b.ts': 'export const c = 1' }, /does not provide an export named 'b'/],
    ['a missing package', { 'rules/b.ts': "import 'not-installed'\nexport const b = 1" }, /'not-installed'/],
    [
      'no default',
      { 'weir.config.ts': 'export const rules = []' },
      /has no default export made by config\(\)/,
    ],
    [
      'another default',
      { 'weir.config.ts': 'export default { rules: [] }' },
      /has no default export made by config\(\)/,
    ],
    [
      'a wrong option',
      {
        'weir.config.ts':
          "import { config } from 'weir-hub'\nexport default config({ rules: [], listn: {} })",
      },
      /weir\.config\.ts:2: .*listn/,
    ],
  ]
  test.each(CASES)('%s', async (_, files, message) => {
    const tree = new Tree({ ...FILES, ...files })
    const { error } = await tree.load()
    expect(error?.code).toBe('WEIR_CONFIG_INVALID')
    expect(error?.message).toMatch(message)
    for (const [name, text] of Object.entries(FILES)) tree.write(name, text)
    expect((await tree.load()).rules).toEqual(['a', 'b'])
  })

  test('no file', async () => {
    const file = join(tmpdir(), 'no such directory', 'weir.config.ts')
    expect((await other.load(file)).error).toEqual({
      code: 'WEIR_CONFIG_MISSING',
      message: `${file}: no such file; say where the configuration is with --config`,
    })
  })
})

describe('a copy', () => {
  const NEEDS_PACKAGE = {
    'weir.config.ts': `
import { config } from 'weir-hub'
import { level } from 'levels'
globalThis.said.push(level)
export default config({ rules: [] })`,
    'node_modules/levels/package.json': '{ "name": "levels", "type": "module", "exports": "./levels.js" }',
    'node_modules/levels/levels.js': 'export const level = 5',
  }

  test('finds packages where the original does, and these are not among its files', async () => {
    const original = new Tree(NEEDS_PACKAGE)
    const copy = new Tree({ 'weir.config.ts': NEEDS_PACKAGE['weir.config.ts'] })
    const file = copy.path('weir.config.ts')
    expect((await other.load(file)).error?.message).toContain("'levels'")
    const { said, files } = await other.load(file, original.path('weir.config.ts'))
    expect([said, Object.keys(files)]).toEqual([[5], [file]])
  })

  test('has files of its own: one that it lacks is not taken from the original', async () => {
    const original = new Tree(FILES)
    const copy = new Tree({ 'weir.config.ts': CONFIG, 'rules/a.ts': FILES['rules/a.ts'] })
    const { error } = await other.load(copy.path('weir.config.ts'), original.path('weir.config.ts'))
    expect(error?.message).toContain(copy.dir)
  })
})
