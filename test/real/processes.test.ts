import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually, freePort, type Running, run, runToEnd, scratch } from './processes.ts'

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('run', () => {
  let child: Running
  let directory: string

  test('waits for what a program prints', async () => {
    directory = await scratch()
    child = run('/bin/sh', ['-c', 'echo out; echo err >&2; sleep 600 & echo "child $!"; wait'])
    await child.printed(/child \d+/)
    expect(child.output()).toContain('err')
    expect(child.stdout()).not.toContain('err')
    expect(alive(child.pid)).toBe(true)
  })

  test('and kills it, with what it started, at the end of the test', async () => {
    // The other sleep holds its output too, so it has ended as well.
    expect(await child.exit).toEqual({ code: null, signal: 'SIGKILL' })
    expect(existsSync(directory)).toBe(false)
  })

  test('tells what was printed when it ends too early', async () => {
    await expect(run('/bin/sh', ['-c', 'echo no such file; exit 3']).printed('ready')).rejects.toThrow(
      /ended without printing ready; it printed:\nno such file/,
    )
  })

  test('tells what was printed when it takes too long', async () => {
    await expect(run('/bin/sh', ['-c', 'echo busy; sleep 600']).printed('ready', 300)).rejects.toThrow(
      /ran for 300 ms without printing ready; it printed:\nbusy/,
    )
  })

  test('waits for a port', async () => {
    const port = await freePort()
    const code = `require('node:net').createServer().listen(${port}, '127.0.0.1')`
    const server = run(process.execPath, ['-e', code])
    await server.listening(port)
    expect(await server.stop()).toEqual({ code: null, signal: 'SIGTERM' })
  })

  test('names a program that does not exist', async () => {
    await expect(runToEnd('/no/such/program', [])).rejects.toThrow(/ENOENT/)
  })

  test('passes input and gives stdout', async () => {
    expect(await runToEnd('/bin/cat', [], { input: 'hello' })).toBe('hello')
  })
})

describe('what is started outside a test', () => {
  let child: Running
  beforeAll(() => {
    child = run('/bin/sleep', ['600'])
  })
  afterAll(() => void child.stop())
  test('is still there in the first test', () => expect(alive(child.pid)).toBe(true))
  test('and in the second', () => expect(alive(child.pid)).toBe(true))
})

describe('eventually', () => {
  test('gives what it finds in the end', async () => {
    const found = [undefined, false, null, 'there'] as const
    let looked = 0
    expect(await eventually(() => found[looked++], 'a finding')).toBe('there')
  })

  test('tells what it waited for, and why not', async () => {
    const look = () => Promise.reject(new Error('nobody home'))
    const waited = eventually(look, 'an answer', 120)
    await expect(waited).rejects.toMatchObject({
      message: 'an answer: not within 120 ms',
      cause: new Error('nobody home'),
    })
  })
})

describe('needs', () => {
  const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url))
  const processes = fileURLToPath(new URL('./processes.ts', import.meta.url))

  test.each([
    {
      missing: 'locally',
      ci: '',
      ok: true,
      printed: /radio \(\/no\/radio missing: apt-get install .*radio4\)/,
    },
    {
      missing: 'in a pipeline',
      ci: 'true',
      ok: false,
      printed: /Error: \/no\/radio missing: apt-get install .*radio4/,
    },
  ])('a missing program $missing', async ({ ci, ok, printed }) => {
    const directory = await scratch()
    await writeFile(
      join(directory, 'radio.test.ts'),
      `import { test } from 'vitest'
       import { needs } from ${JSON.stringify(processes)}
       needs('radio4', '/no/radio')('radio', () => test('plays', () => { throw new Error('must not run') }))`,
    )
    const args = [vitest, 'run', '--root', directory, '--reporter', 'verbose']
    const inner = run(process.execPath, args, { env: { CI: ci, NO_COLOR: '1' } })
    expect(await inner.exit).toEqual({ code: ok ? 0 : 1, signal: null })
    expect(inner.output()).toMatch(printed)
  })
})
