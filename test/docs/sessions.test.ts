import { expect, test } from 'vitest'
import { startHub } from '../hub.ts'
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
