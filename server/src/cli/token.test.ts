import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { weir } from './commands.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'weir-token-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
})

async function token(...args: readonly string[]) {
  const out: string[] = []
  const err: string[] = []
  const stdout = vi.spyOn(process.stdout, 'write').mockImplementation((text) => out.push(String(text)) > 0)
  const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => err.push(String(text)) > 0)
  const code = await weir(['token', ...args, '--data', dir])
  stdout.mockRestore()
  stderr.mockRestore()
  return { code, out: out.join(''), err: err.join('') }
}

test('a token is made, listed without itself, and removed', async () => {
  expect((await token('list')).out).toBe('there are no tokens\n')
  const made = await token('add', 'grafana', '--scope', 'read, operate')
  expect(made).toMatchObject({ code: 0, out: expect.stringMatching(/^weir_[\w-]{43}\n$/) })
  const id = /^token (\w+) 'grafana' may read, operate/.exec(made.err)?.[1] ?? ''
  const { out } = await token('list', '--json')
  expect(JSON.parse(out)).toEqual([
    { id, name: 'grafana', scopes: ['read', 'operate'], made: expect.any(Number) },
  ])
  expect(out).not.toContain(made.out.trim())
  expect(await token('remove', id)).toMatchObject({ code: 0, out: `token ${id} is worth nothing any more\n` })
  expect((await token('list')).out).toBe('there are no tokens\n')
})

test.each([
  [[], "takes 'add NAME', 'list' or 'remove ID'"],
  [['add'], "takes 'add NAME'"],
  [['add', 'x'], '--scope is missing'],
  [['add', 'x', '--scope', 'admin'], "there is no scope 'admin'; there are read, write, operate"],
  [['remove', 'nobody'], "there is no token 'nobody'"],
  [['list', 'x', 'y'], "takes no 'y'"],
])('weir token %j is refused', async (args, problem) => {
  expect(await token(...args)).toMatchObject({ code: 2, err: expect.stringContaining(problem) })
})
