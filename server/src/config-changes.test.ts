import { expect, test } from 'vitest'
import { type ConfigOptions, config } from './config.ts'
import { needsRestart } from './config-changes.ts'
import type { Input } from './ingest/input.ts'
import { rule } from './rules/rule.ts'
import { index } from './streams/index-events.ts'

const input = (describe: string): Input => ({ kind: 'test', describe, start: () => () => {} })
const BASE: ConfigOptions = { name: 'hub', inputs: [input('every 10s')], rules: [] }

test.each<[string, Partial<ConfigOptions>, readonly string[]]>([
  ['nothing', {}, []],
  ['its rules', { rules: [rule('index', { stream: index() })] }, []],
  ['an input that is made anew', { inputs: [input('every 10s')] }, []],
  ['an input', { inputs: [input('every 5s')] }, ['inputs']],
  ['a listener', { listen: { http: '127.0.0.1:80' } }, ['listen']],
  [
    'several',
    { name: 'other', page: 'https://weir.example', journal: { retain: '1d' }, index: { limit: 9 } },
    ['name', 'page', 'journal', 'index'],
  ],
])('a configuration that differs in %s', (_, change, members) => {
  expect(needsRestart(config(BASE), config({ ...BASE, ...change }))).toEqual(members)
})
