import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { run, runToEnd } from '../real/processes.ts'
import { sourcesBelow } from './check.ts'
import { RULES, type RuleName, violations } from './rules.ts'

const planted = fileURLToPath(new URL('./planted', import.meta.url))
const check = fileURLToPath(new URL('./check.ts', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))

describe('the planted violations', () => {
  const sources = sourcesBelow(planted)
  const found = violations(sources).map(({ file, line, rule }) => `${file}:${line} ${rule}`)
  const marked = sources.flatMap(({ file }) =>
    readFileSync(join(planted, file), 'utf8')
      .split('\n')
      .flatMap((text, index) => {
        const rule = text.match(/\/\/ planted: (\w+)$/)?.[1]
        return rule === undefined ? [] : [`${file}:${index + 1} ${rule}`]
      }),
  )

  test.each(marked)('%s is found', (mark) => {
    expect(found).toContain(mark)
  })

  test('are all that is found', () => {
    expect(found.filter((each) => !marked.includes(each))).toEqual([])
  })

  test.each(Object.keys(RULES) as RuleName[])('the rule %s has one', (rule) => {
    expect(marked.some((mark) => mark.endsWith(` ${rule}`))).toBe(true)
  })
})

describe('the command', () => {
  test('passes this repository', async () => {
    expect(await runToEnd(process.execPath, [check])).toMatch(/^layers: \d+ files, 0 violations\n$/)
  })

  test('names file, line and rule of each violation, and fails', async () => {
    const command = run(process.execPath, [check, planted])
    expect(await command.exit).toEqual({ code: 1, signal: null })
    expect(command.stdout()).toContain(
      'server/src/hub.ts:1: import node:https (sockets: only ingest, outputs, api, cli and main.ts know sockets)\n',
    )
  })

  test('fails when it finds no source at all', async () => {
    expect(await run(process.execPath, [check, join(root, 'docs')]).exit).toEqual({ code: 1, signal: null })
  })
})
