import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run } from '../real/processes.ts'
import { ROOT, snippetsOf } from './pages.ts'
import { treeOf, typeErrors } from './tree.ts'

test.each(['docs/rules.md', 'docs/alerts.md', 'docs/coming-from-riemann.md'])(
  '%s type-checks, and its tests pass',
  async (page) => {
    const tree = await treeOf(page)
    expect(await typeErrors(tree)).toEqual([])
    const report = join(tree, 'report.json')
    const vitest = ['run', '--root', tree, '--reporter=json', `--outputFile=${report}`]
    const ran = run(process.execPath, [`${ROOT}node_modules/.bin/vitest`, ...vitest])
    await ran.exit
    const { testResults, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'))
    const tests = snippetsOf(page).filter(({ file }) => file.endsWith('.test.ts'))
    expect(testResults).toHaveLength(tests.length)
    expect(numFailedTests, JSON.stringify(testResults, null, 2)).toBe(0)
  },
)

test.each(['docs/access.md', 'docs/configuration.md', 'docs/destinations.md'])(
  '%s type-checks',
  async (page) => {
    expect(await typeErrors(await treeOf(page))).toEqual([])
  },
)

test.each([
  ['docs/rules.md', 'config/rules/index.ts'],
  ['docs/rules.md', 'config/rules/disk.ts'],
  ['docs/rules.md', 'config/rules/disk.test.ts'],
  ['docs/rules.md', 'config/rules/host.ts'],
  ['docs/rules.md', 'config/rules/app.ts'],
  ['docs/rules.md', 'config/rules/app.test.ts'],
  ['docs/configuration.md', 'config/weir.config.ts'],
])('%s shows %s as it is shipped', (page, file) => {
  const shown = snippetsOf(page).find((snippet) => snippet.file === file)?.code ?? ''
  const shipped = readFileSync(`${ROOT}${file}`, 'utf8')
  expect(shown.split('\n\n').filter((paragraph) => !shipped.includes(paragraph.trim()))).toEqual([])
  expect(shown).not.toBe('')
})
