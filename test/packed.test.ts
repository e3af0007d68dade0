import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { run, runToEnd, scratch } from './real/processes.ts'

const ROOT = join(import.meta.dirname, '..')

/** What somebody else's Node does with it: the machine's own, which is older than the one of this project. */
const NODE =
  (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
    .map((folder) => join(folder, 'node'))
    .find((file) => existsSync(file)) ?? process.execPath

const WEIR = 'node_modules/weir-hub/bin/weir.js'

const CONFIG = `
import { config, index, rule } from 'weir-hub'
export default config({
  listen: { riemann: '127.0.0.1:0', http: '127.0.0.1:0' },
  rules: [rule('index', { stream: index() })],
})
`

/** Ten lines that send, ask and watch. */
const SCRIPT = `
const client = await connect({ port: Number(process.env.PORT), http: process.env.HTTP })
await client.send({ host: 'app', service: 'orders', metric: 17n, state: 'ok', ttl: 60 })
const [found] = await client.query('service = "orders"')
console.log('found', found.host, found.metric)
for await (const event of client.subscribe('service = "orders"')) {
  console.log('watched', event.service, event.metric)
  break
}
console.log(await time(client, 'sum', () => 1 + 1))
await client.close()
`

const PRINTED = 'found app 17\nwatched orders 17\n2\n'

describe('the packages, in an empty project', () => {
  let app: string
  let port: string
  let http: string

  beforeAll(async () => {
    const tree = await scratch()
    const parts = [
      'protocol',
      'clients/node',
      'server',
      'dashboard',
      'docs/client.md',
      'README.md',
      'LICENSE',
    ]
    for (const path of [...parts, 'package.json', 'tsconfig.json', 'pack.ts'])
      cpSync(join(ROOT, path), join(tree, path), {
        recursive: true,
        filter: (file) => !/\/(dist|node_modules)$/.test(file),
      })
    symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'))
    app = await scratch()
    for (const folder of ['protocol', 'clients/node', 'server'])
      await runToEnd('npm', ['pack', '--ignore-scripts=false', '--pack-destination', app], {
        cwd: join(tree, folder),
      })
    expect(existsSync(join(tree, 'clients/node/README.md'))).toBe(false)

    writeFileSync(join(app, 'package.json'), '{ "name": "app", "private": true }')
    writeFileSync(join(app, 'weir.config.mts'), CONFIG)
    const packages = readdirSync(app).filter((file) => file.endsWith('.tgz'))
    const quietly = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts']
    await runToEnd('npm', ['install', ...quietly, ...packages.map((file) => `./${file}`)], { cwd: app })
    const hub = run(NODE, [WEIR, 'start', '--config', 'weir.config.mts', '--data', 'data'], {
      cwd: app,
      env: { NODE_OPTIONS: '' },
    })
    await hub.printed(/^ready$/m, 60_000)
    port = /for events on 127\.0\.0\.1:(\d+)/.exec(hub.output())?.[1] ?? ''
    http = /the page is on (\S+)/.exec(hub.output())?.[1] ?? ''
  }, 240_000)

  test('the hub runs, with a configuration of the project, and has the page', async () => {
    const page = await (await fetch(http)).text()
    expect(page).toContain('<title>Weir</title>')
    const script = /src="\.?\/?([^"]+\.js)"/.exec(page)?.[1]
    expect((await fetch(`${http}/${script}`)).status).toBe(200)
    const check = run(NODE, [WEIR, 'check', '--config', 'weir.config.mts'], {
      cwd: app,
      env: { NODE_OPTIONS: '' },
    })
    await check.exit
    expect(check.output()).toContain('npm install --save-dev typescript @types/node')
  })

  async function printed(file: string, text: string): Promise<string> {
    writeFileSync(join(app, file), text)
    const env = { PORT: port, HTTP: http, NODE_OPTIONS: '' }
    return runToEnd(NODE, [file], { cwd: app, env })
  }

  test('the client runs from an ES module', async () => {
    const imports = "import { connect } from 'weir-client'\nimport { time } from 'weir-client/time'"
    expect(await printed('app.mjs', `${imports}${SCRIPT}`)).toBe(PRINTED)
  })

  test('the client runs from CommonJS', async () => {
    const requires =
      "const { connect } = require('weir-client')\nconst { time } = require('weir-client/time')"
    const text = `${requires}\nasync function main() {${SCRIPT}}\nmain()`
    expect(await printed('app.cjs', text)).toBe(PRINTED)
  })

  test('the client has all its entries, with types', async () => {
    const entries = [
      'heartbeat',
      'time',
      'meters',
      'http',
      'fastify',
      'process',
      'storage',
      'pino',
      'sampler',
    ]
    const text = entries.map((entry) => `await import('weir-client/${entry}')`).join('\n')
    expect(await printed('entries.mjs', text)).toBe('')
    mkdirSync(join(app, 'types'), { recursive: true })
    const types = `import { connect, type Event } from 'weir-client'
import { measured } from 'weir-client/storage'
import { createMeters } from 'weir-client/meters'
const client = await connect({ queue: { full: 'wait' } })
const read: (file: string) => Promise<number> = measured(createMeters(client), 's', async (file: string) => file.length)
const found: readonly Event[] = await client.query('true')
// @ts-expect-error
await client.send({ metric: 'much' })
export { read, found }
`
    writeFileSync(join(app, 'types/app.mts'), types)
    const options = {
      strict: true,
      noEmit: true,
      module: 'nodenext',
      target: 'es2022',
      lib: ['es2023'],
      types: ['node'],
    }
    const compilerOptions = { ...options, typeRoots: [join(ROOT, 'node_modules/@types')] }
    writeFileSync(join(app, 'types/tsconfig.json'), JSON.stringify({ compilerOptions, include: ['app.mts'] }))
    const tsc = run(process.execPath, [
      join(ROOT, 'node_modules/typescript/bin/tsc'),
      '-p',
      join(app, 'types'),
    ])
    await tsc.exit
    expect(tsc.output()).toBe('')
  })
})
