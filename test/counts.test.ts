import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { countTests, line } from './counts.ts'
import { run, scratch } from './real/processes.ts'

const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url))

/** What vitest really reports about one test file. */
async function counted(text: string) {
  const directory = await scratch()
  await writeFile(join(directory, 'some.test.ts'), `import { describe, test } from 'vitest'\n${text}`)
  const report = join(directory, 'report.json')
  const args = [vitest, 'run', '--root', directory, '--reporter', 'json', '--outputFile', report]
  const { code } = await run(process.execPath, args).exit
  return countTests(JSON.parse(await readFile(report, 'utf8')), code ?? 1)
}

describe('counts of a run', () => {
  test.each([
    { what: 'two that pass', text: `test('a', () => {}); test('b', () => {})`, want: [2, 0, 0] },
    {
      what: 'one that fails',
      text: `test('a', () => {}); test('b', () => { throw new Error() })`,
      want: [1, 1, 0],
    },
    {
      what: 'skipped and to do',
      text: `test('a', () => {}); test.skip('b', () => {}); test.todo('c')`,
      want: [1, 0, 2],
    },
    {
      what: 'a skipped group',
      text: `test('a', () => {}); describe.skip('b', () => { test('c', () => {}) })`,
      want: [1, 0, 1],
    },
    {
      what: 'a file that does not load',
      text: `import './missing.ts'\ntest('a', () => {})`,
      want: [0, 1, 0],
    },
    {
      what: 'an error outside of tests',
      text: `test('a', () => { Promise.reject(new Error()) })`,
      want: [1, 1, 0],
    },
  ])('$what', async ({ text, want: [passed, failed, skipped] }) => {
    expect(await counted(text)).toEqual({ passed, failed, skipped })
  })

  test('a run that left no report', () => {
    expect(countTests(undefined, 1)).toEqual({ passed: 0, failed: 1, skipped: 0 })
  })
})

test.each([
  { counts: { passed: 3, failed: 0, skipped: 0 }, want: '3 passed, 0 failed' },
  { counts: { passed: 3, failed: 1, skipped: 2 }, want: '3 passed, 1 failed, 2 skipped' },
])('$want', ({ counts, want }) => {
  expect(line(counts)).toBe(want)
})
