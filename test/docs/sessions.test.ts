import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startHub } from '../hub.ts'
import { ROOT, snippetsOf } from './pages.ts'
import { Session, stepsOf } from './session.ts'
import { treeOf } from './tree.ts'

/** The rules of the pages, on free ports. */
const CONFIG = (rules: string) => `
import { config } from 'weir-hub'
import { indexAll } from './config/rules/index.ts'
${rules}
`

test('the commands of docs/alerts.md print what it shows', { timeout: 60_000 }, async () => {
  const tree = await treeOf('docs/alerts.md')
  const config = CONFIG(`
import { checkoutFails } from './config/rules/checkout.ts'
export default config({
  listen: { riemann: '127.0.0.1:0', http: '127.0.0.1:0' },
  rules: [indexAll, checkoutFails],
})`)
  const hub = await startHub({ dir: tree, config })
  const steps = stepsOf('docs/alerts.md')
  expect(steps.length).toBeGreaterThan(5)
  await new Session(tree, hub).play(steps)
})

test('what docs/rules.md does with its first rule works as it shows', { timeout: 120_000 }, async () => {
  const tree = await treeOf('docs/rules.md')
  // The shipped configuration, beside whatever else listens on this machine, and without what it measures there.
  const shipped = join(tree, 'config/weir.config.ts')
  const quiet = readFileSync(shipped, 'utf8')
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:0')
    .replace(/ {2}inputs: .*\n/, '')
    .replace(/^import \{ config, .*/, "import { config } from 'weir-hub'")
  writeFileSync(shipped, quiet)
  // Those that the tour comes to later are not written yet.
  for (const { file } of snippetsOf('docs/rules.md')) {
    const later = !existsSync(`${ROOT}${file}`) && !file.startsWith('config/rules/backup.')
    if (later) rmSync(join(tree, file))
  }
  // The rules name them.
  cpSync(`${ROOT}docs/runbooks`, join(tree, 'docs/runbooks'), { recursive: true })
  const hub = await startHub({ dir: tree, config: "export { default } from './config/weir.config.ts'" })
  const steps = stepsOf('docs/rules.md')
  expect(steps.length).toBeGreaterThan(5)
  await new Session(tree, hub, 'config/weir.config.ts').play(steps)
})
