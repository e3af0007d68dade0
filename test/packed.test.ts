import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
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

const RULES_CONFIG = `
import { config, index, rule } from 'weir-hub'
import { slow } from './rules/slow.ts'
export default config({ rules: [rule('index', { stream: index() }), slow] })
`

const SLOW = `import { pipe } from 'rxjs'
import { above, alert, by, logOnly, rule, severity } from 'weir-hub'

const ops = logOnly({ name: 'ops' })

export const slow = rule('slow', {
  match: { service: 'api/latency' },
  stream: pipe(
    by(
      'host',
      severity({ critical: above(2) }, { for: '2m' }),
      alert({ summary: ({ host }) => \`\${host} is slow\`, notify: [ops] }),
    ),
  ),
})
`

/** What follows the imports of a runner. */
const SLOW_TEST = `
import { every, lines, play } from 'weir-hub/testing'
import config from '../weir.config.ts'

test('two slow minutes alert', () => {
  const latency = { host: 'web-1', service: 'api/latency' }
  const slow = every('10s', { from: '0s', until: '10m' }, { ...latency, metric: 3 })
  const fast = every('10s', { from: '10m', until: '20m' }, { ...latency, metric: 0.3 })
  equal(
    play(config, slow, fast).timetable({ until: '20m' }),
    lines\`
      2m   firing    critical  slow  web-1 api/latency  -> ops
      10m  resolved  ok        slow  web-1 api/latency  -> ops\`,
  )
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

const quietly = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts']

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
  })

  /** `weir` with these arguments, in the project: how it ended, and what it printed. */
  async function weir(
    ...args: readonly string[]
  ): Promise<{ readonly code: unknown; readonly output: string }> {
    const command = run(NODE, [WEIR, ...args], { cwd: app, env: { NODE_OPTIONS: '', NO_COLOR: '1' } })
    const { code } = await command.exit
    return { code, output: command.output() }
  }

  describe('a folder of rules with tests', () => {
    const write = (name: string, text: string) => {
      mkdirSync(dirname(join(app, name)), { recursive: true })
      writeFileSync(join(app, name), text)
    }
    const plain = "import { test } from 'node:test'\nimport { equal } from 'node:assert/strict'"
    const vitest =
      "import { expect, test } from 'vitest'\nconst equal = (one, other) => expect(one).toBe(other)"

    beforeAll(() => {
      write('config/weir.config.ts', RULES_CONFIG)
      write('config/rules/slow.ts', SLOW)
      write('config/rules/slow.test.ts', `${vitest}${SLOW_TEST}`)
      write('config/rules/slow.node.ts', `${plain}${SLOW_TEST}`)
    })

    test('each command says what it needs that is not there', async () => {
      // Something else has brought the types of Node.
      expect(await weir('check')).toEqual({
        code: 2,
        output:
          'weir check: needs typescript: npm install --save-dev typescript, or leave the types out with --no-types\n',
      })
      expect(await weir('check', '--no-types')).toEqual({
        code: 0,
        output: "rule 'index'\nrule 'slow'\nconfig/weir.config.ts: 2 rules, no problems\n",
      })
      expect(await weir('test')).toEqual({
        code: 2,
        output: 'weir test: needs vitest: npm install --save-dev vitest\n',
      })
    })

    test('they are checked and tested once that is installed', { timeout: 240_000 }, async () => {
      const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
      const wanted = ['typescript', 'vitest'].map((name) => `${name}@${devDependencies[name]}`)
      await runToEnd('npm', ['install', ...quietly, '--save-dev', ...wanted], { cwd: app })
      expect(await weir('check')).toMatchObject({ code: 0 })
      const { code, output } = await weir('test', '--coverage')
      expect(output).toMatch(/^slow {2}firing {2}resolved$/m)
      expect(code).toBe(0)

      write('config/rules/slow.ts', SLOW.replace('above(2)', '2'))
      expect(await weir('check')).toEqual({
        code: 1,
        output: "config/rules/slow.ts:11:18: Type 'number' is not assignable to type 'Threshold'.\n",
      })
      write('config/rules/slow.ts', SLOW)
    })

    test('the kit runs in the test runner of Node, too', async () => {
      const ran = await runToEnd(process.execPath, ['--test', 'config/rules/slow.node.ts'], { cwd: app })
      expect(ran).toMatch(/pass 1$/m)
    })
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
