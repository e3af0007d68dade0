import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { pageText, ROOT } from './pages.ts'

const MOMENT = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g

test('weir preview prints of a full disk what docs/slack.md shows', () => {
  const [, shown = ''] =
    /^```text\n\$ npx weir preview 'disk full' [^\n]+\n([\s\S]*?)^```$/m.exec(pageText('docs/slack.md')) ?? []
  const args = [
    'preview',
    'disk full',
    '--host',
    'db-1',
    '--service',
    'df-root/percent_bytes-free',
    '--metric',
    '4.2',
  ]
  const { stdout } = spawnSync(process.execPath, [`${ROOT}server/src/cli/weir.ts`, ...args], {
    cwd: ROOT,
    env: { PATH: process.env.PATH },
    encoding: 'utf8',
  })
  expect(stdout.replace(MOMENT, 'TIME')).toBe(shown.replace(MOMENT, 'TIME'))
})
