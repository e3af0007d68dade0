import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { run } from '../real/processes.ts'
import { pageText, ROOT } from './pages.ts'
import { treeOf } from './tree.ts'

const CONFIG = `import { config } from 'weir-hub'
import { slow } from './rules/slow.ts'

export default config({ rules: [slow] })
`

/** Mends the types, so that what is only found when the rule is built comes out. */
const mended = (code: string) =>
  code.replaceAll('throtle', 'throttle').replace(/critical: (\d+)/, 'critical: above($1)')

test('weir check says of the mistakes in docs/rules.md what stands there', { timeout: 120_000 }, async () => {
  const page = pageText('docs/rules.md')
  const [, code = '', file = ''] = /^```ts mistake\n(\/\/ (.*)\n[\s\S]*?)^```$/m.exec(page) ?? []
  const [, output] = /^```text\n([\s\S]*?)^```$/m.exec(page.slice(page.indexOf('```ts mistake'))) ?? []
  const tree = await treeOf('docs/rules.md')
  const printed: string[] = []
  for (const text of [code, mended(code).replace('{ alert', '{ above, alert')]) {
    for (const [path, content] of [
      [file, text],
      ['config/weir.config.ts', CONFIG],
    ] as const) {
      mkdirSync(dirname(join(tree, path)), { recursive: true })
      writeFileSync(join(tree, path), content)
    }
    const check = run(process.execPath, [`${ROOT}server/bin/weir.js`, 'check'], { cwd: tree })
    expect((await check.exit).code).toBe(1)
    printed.push(check.output())
  }
  expect(printed.join('')).toBe(output)
})
