import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const WEIR = fileURLToPath(new URL('../../bin/weir.js', import.meta.url))

const CONFIG = `
import { config } from 'weir-hub'
import { a } from './rules/a.ts'
export default config({ rules: [a] })
`
const RULES = (...names: readonly string[]) => `
import { index, rule } from 'weir-hub'
${names.map((name) => `export const ${name} = rule('${name}', { stream: index() })`).join('\n')}
`

/** Runs `weir check` over these files of a configuration. */
function check(files: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const home = mkdtempSync(join(tmpdir(), 'weir-check-of-check-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, 'config', name)), { recursive: true })
    writeFileSync(join(home, 'config', name), text)
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, [WEIR, 'check', ...args], {
    cwd: home,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  return { status, stdout, stderr }
}

test('tells of rules that stand there and do not run', () => {
  const files = {
    'weir.config.ts': CONFIG,
    'rules/a.ts': RULES('a', 'b'),
    'rules/forgotten.ts': RULES('c'),
    'rules/a.test.ts': "import { rule } from 'weir-hub'\nrule('of a test', {})",
    'levels.ts': "// What rule() is given.\nimport { below } from 'weir-hub'",
  }
  expect(check(files, '--no-types')).toEqual({
    status: 0,
    stdout: [
      "rule 'a'",
      "config/rules/a.ts:4: rule 'b' does not run: it is not in the rules of the configuration",
      'config/rules/forgotten.ts: its rules do not run: nothing imports it',
      'config/weir.config.ts: 1 rule, no problems',
      '',
    ].join('\n'),
    stderr: '',
  })
})

test('without types it takes what loads', () => {
  const files = { 'weir.config.ts': `${CONFIG}const wrong: number = 'text'`, 'rules/a.ts': RULES('a') }
  expect(check(files, '--no-types').status).toBe(0)
  expect(check(files)).toEqual({
    status: 1,
    stdout: '',
    stderr: "config/weir.config.ts:5:7: Type 'string' is not assignable to type 'number'.\n",
  })
})

test('refuses what does not load, with types and without', () => {
  const files = { 'weir.config.ts': CONFIG.replace('a.ts', 'a'), 'rules/a.ts': RULES('a') }
  for (const args of [[], ['--no-types']]) {
    const { status, stderr } = check(files, ...args)
    expect(stderr).toMatch(/the file is a\.ts: an import names it with its ending\n$/)
    expect(status).toBe(1)
  }
})
