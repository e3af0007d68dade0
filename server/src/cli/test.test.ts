import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

const CONFIG = `
import { alert, by, config, index, logOnly, rule } from 'weir-hub'
const told = by('host', alert({ summary: 'bad', notify: [logOnly('ops')] }))
export const both = rule('both', { match: { service: 'a' }, stream: told })
export const once = rule('once', { match: { service: 'b' }, stream: told })
const silent = rule('silent', { match: { service: 'c' }, stream: told })
export default config({ rules: [rule('index', { stream: index() }), both, once, silent] })
`

/** A test that sees a state of a service after the other, and expects so many changes. */
const ruleTest = (rule: string, service: string, changes: number) => `
import { expect, test } from 'vitest'
import { at, play } from 'weir-hub/testing'
import { ${rule} } from '../weir.config.ts'
test('${rule}', () => {
  const played = play(${rule}, at('1s', { host: 'h', service: '${service}', state: 'bad' }))
  expect(played.changes).toHaveLength(1)
})
test('${rule}, then well', () => {
  const well = at('2s', { host: 'h', service: '${service}', state: 'ok' })
  const bad = at('1s', { host: 'h', service: '${service}', state: 'bad' })
  expect(play(${rule}, bad, ${changes} > 1 ? well : []).changes).toHaveLength(${changes})
})
`

/** Runs `weir test` over a configuration with these tests. */
function weirTest(tests: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const home = mkdtempSync(join(tmpdir(), 'weir-test-of-test-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  symlinkSync(join(ROOT, 'node_modules'), join(home, 'node_modules'))
  writeFileSync(join(home, 'package.json'), '{ "type": "module" }')
  mkdirSync(join(home, 'config', 'rules'), { recursive: true })
  writeFileSync(join(home, 'config', 'weir.config.ts'), CONFIG)
  for (const [name, text] of Object.entries(tests)) writeFileSync(join(home, 'config', 'rules', name), text)
  const weir = join(ROOT, 'server/bin/weir.js')
  const { status, stdout, stderr } = spawnSync(process.execPath, [weir, 'test', ...args], {
    cwd: home,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', NODE_ENV: 'test', VITEST: undefined },
  })
  return { status, said: stdout + stderr, last: stdout.slice(stdout.search(/^(both|all) /m)) }
}

const TESTS = { 'both.test.ts': ruleTest('both', 'a', 2), 'once.test.ts': ruleTest('once', 'b', 1) }

test('runs the tests and tells which rules were never seen to fire or resolve', () => {
  const { status, last, said } = weirTest(TESTS)
  expect(last, said).toBe(
    [
      'both    firing        resolved',
      'once    firing        never resolved',
      'silent  never firing  never resolved',
      '2 of 3 rules were never seen firing, or never resolved',
      '',
    ].join('\n'),
  )
  expect(status).toBe(0)
})

test('ends with 1 where something was never seen, with --coverage', () => {
  expect(weirTest(TESTS, '--coverage').status).toBe(1)
})

test('ends with 1 when a test fails', () => {
  const { status, said } = weirTest({ 'both.test.ts': ruleTest('both', 'a', 3) })
  expect(said).toContain('1 failed')
  expect(status).toBe(1)
})
