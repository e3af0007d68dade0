import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { connect } from 'weir-client'
import { startHub, type TestHub } from '../hub.ts'
import { rowOf, snapshotOf } from '../live.ts'
import { type Exit, freePort, run, scratch } from '../real/processes.ts'

const ROOT = new URL('../../', import.meta.url).pathname
const LISTEN = `listen: { riemann: '127.0.0.1:0', http: '127.0.0.1:0' }`

interface Ended extends Exit {
  readonly output: string
}

/** Runs a command of weir to its end; the file of the configuration is called CONFIG in what it printed. */
async function weir(command: 'start' | 'check', config: string, data?: string): Promise<Ended> {
  const directory = await scratch()
  const file = join(directory, 'weir.config.ts')
  await writeFile(file, config)
  const options = command === 'start' ? ['--data', data ?? join(directory, 'data')] : []
  const running = run(
    process.execPath,
    [join(ROOT, 'server/bin/weir.js'), command, '--config', file, ...options],
    { cwd: directory, env: { SLACK_WEBHOOK_URL: '', WEIR_TOKEN: '' } },
  )
  const exit = await running.exit
  return {
    ...exit,
    output: running.output().replaceAll(file, 'CONFIG').replaceAll('weir.config.ts', 'CONFIG'),
  }
}

const start = (config: string, data?: string) => weir('start', config, data)
const refused = (line: string) => ({ code: 1, signal: null, output: `weir start: ${line}\n` })

describe('a configuration that is wrong is refused in one line:', () => {
  test.each([
    [
      'a syntax error',
      `import { config } from 'weir-hub'\nexport default config({ rules: [ }`,
      'CONFIG:2: Expression expected',
    ],
    [
      'a member that there is not',
      `import { config } from 'weir-hub'\n\nexport default config({ lissten: {}, rules: [] })`,
      'CONFIG:3: config(): the configuration: Unrecognized key: "lissten"',
    ],
    [
      'a rule without a name',
      `import { config, index, rule } from 'weir-hub'\nexport default config({\n  rules: [rule('', { stream: index() })],\n})`,
      "CONFIG:3: rule '': a rule needs a name",
    ],
    [
      'two rules of one name',
      `import { config, index, rule } from 'weir-hub'\nconst make = () => rule('all', { stream: index() })\nexport default config({ rules: [make(), make()] })`,
      "CONFIG:3: rule 'all': two rules have this name",
    ],
    [
      'a duration that is none',
      `import { below, config, rule, severity } from 'weir-hub'\nconst levels = { critical: below(5) }\nconst full = rule('full', { stream: severity(levels, { for: '5 minutes' }) })\nexport default config({ rules: [full] })`,
      "CONFIG:3: '5 minutes' is not a duration; write '30s', '5m', '1h', '1d' or a number of seconds, above 0",
    ],
    [
      'an unknown destination',
      `import { alert, config, rule } from 'weir-hub'\nconst stream = alert({ summary: 'bad', notify: [{ name: 'ops' }] })\nexport default config({ ${LISTEN}, rules: [rule('bad', { stream })] })`,
      "CONFIG: rule 'bad': notify: 'ops' is no destination; make it with slack() or logOnly()",
    ],
    [
      'operators that cannot be put together',
      `import { config, rule } from 'weir-hub'\nconst stream = () => {\n  throw new Error('no such list')\n}\nexport default config({ ${LISTEN}, rules: [rule('bad', { stream })] })`,
      "CONFIG:3: rule 'bad': no such list",
    ],
    [
      'nothing exported',
      `import { config } from 'weir-hub'\nexport const mine = config({ rules: [] })`,
      'CONFIG: has no default export made by config(); write: export default config({ rules: [...] })',
    ],
  ])('%s', async (_, config, line) => {
    expect(await start(config)).toEqual(refused(line))
  })

  test('no file', async () => {
    const missing = join(await scratch(), 'none.ts')
    const running = run(process.execPath, [join(ROOT, 'server/bin/weir.js'), 'start', '--config', missing])
    expect(await running.exit).toEqual({ code: 1, signal: null })
    expect(running.output()).toBe(
      `weir start: ${missing}: no such file; say where the configuration is with --config\n`,
    )
  })
})

describe('a hub does not open what should stay closed:', () => {
  test.each([
    [
      'events from everywhere',
      `riemann: '0.0.0.0:0', http: '127.0.0.1:0'`,
      'riemann 0.0.0.0:0: not a loopback address, and events need TLS client certificates there (put stunnel in front); listen on 127.0.0.1 or provide it',
    ],
    [
      'the page to everyone',
      `riemann: '127.0.0.1:0', http: '[::]:0'`,
      "http [::]:0: not a loopback address, and what comes through a network needs a token (use 'proxied' and weir token); listen on 127.0.0.1 or provide it",
    ],
    [
      'a proxy without a token',
      `riemann: '127.0.0.1:0', http: '127.0.0.1:0', proxied: '127.0.0.1:0'`,
      'proxied 127.0.0.1:0: it asks everyone for a token, and there is none; make one with weir token add, or set WEIR_TOKEN, or leave proxied out',
    ],
  ])('%s', async (_, listen, line) => {
    const config = `import { config } from 'weir-hub'\nexport default config({ listen: { ${listen} }, rules: [] })`
    expect(await start(config)).toEqual(refused(line))
  })
})

describe('what another holds', () => {
  let dir: string
  let hub: TestHub
  beforeAll(async () => {
    dir = await scratch()
    hub = await startHub({ dir })
  })
  const lastLine = ({ output, ...exit }: Ended) => ({
    ...exit,
    output: `${output.trimEnd().split('\n').at(-1)}\n`,
  })
  const config = (riemann: number, http: number | string) =>
    `import { config } from 'weir-hub'\nexport default config({ listen: { riemann: '127.0.0.1:${riemann}', http: '127.0.0.1:${http}' }, rules: [] })`
  const taken =
    'the port is taken; is another hub running? Choose another port in listen of the configuration'

  test('the data directory of a hub that runs is refused', async () => {
    const data = join(dir, 'data')
    expect(await start(config(0, 0), data)).toEqual(
      refused(`${data}: another hub is using this data directory; give each hub its own with --data`),
    )
  })

  test('a TCP port', async () => {
    expect(lastLine(await start(config(hub.port, 0)))).toEqual(
      refused(`riemann 127.0.0.1:${hub.port}: ${taken}`),
    )
  })

  test('a UDP port', async () => {
    const socket = createSocket('udp4')
    onTestFinished(() => void socket.close())
    // One whose TCP side is free: the hub binds that first.
    const port = await freePort()
    await once(socket.bind(port, '127.0.0.1'), 'listening')
    expect(lastLine(await start(config(port, 0)))).toEqual(
      refused(`riemann (UDP) 127.0.0.1:${port}: ${taken}`),
    )
  })

  test('the port of the page', async () => {
    const { port } = new URL(hub.http)
    expect(lastLine(await start(config(0, port)))).toEqual(refused(`http 127.0.0.1:${port}: ${taken}`))
  })
})

describe('SIGTERM', () => {
  test('ends a hub with 0; what it acknowledged is there after the next start', async () => {
    const dir = await scratch()
    const hub = await startHub({ dir })
    const client = await connect({ port: hub.port, eventHost: 'web-1', reconnect: false })
    await client.send({ service: 'first', ttl: 600 })
    const sent = Array.from({ length: 2000 }, (_, n) => client.send({ service: `job-${n}`, ttl: 600 }))
    const exit = hub.process.stop('SIGTERM')
    const answers = await Promise.allSettled(sent)
    await client.close()
    expect(await exit).toEqual({ code: 0, signal: null })
    expect(hub.process.output()).toMatch(
      /SIGTERM: stopping\nstopped; everything accepted is in the journal\n$/,
    )

    const again = await startHub({ dir })
    const { rows } = await snapshotOf(again)
    const services = new Set(rows.map(({ service }) => service))
    expect(services).toContain('first')
    expect(
      answers.flatMap(({ status }, n) => (status === 'fulfilled' && !services.has(`job-${n}`) ? [n] : [])),
    ).toEqual([])
  })

  test('and SIGINT end it while a sender and a page are connected', async () => {
    const hub = await startHub({ dir: await scratch() })
    const client = await connect({ port: hub.port, eventHost: 'web-1' })
    await client.send({ service: 'first', ttl: 600 })
    const socket = new WebSocket(`${hub.http.replace('http', 'ws')}/live`)
    await new Promise((resolve) => {
      socket.onmessage = resolve
    })
    expect(await rowOf(hub, 'web-1', 'first')).toBeDefined()
    expect(await hub.process.stop('SIGINT')).toEqual({ code: 0, signal: null })
  })
})

describe('weir check', () => {
  test('tells the file, line and column of a wrong type in a rule', async () => {
    const config = `import { alert, below, by, config, rule, severity } from 'weir-hub'
const full = rule('full', {
  match: { servce: 'df-*' },
  stream: by(['host', 'service'], severity({ critical: below('5') }), alert({ summary: 'full', notify: [] })),
})
export default config({ rules: [full] })
`
    const { code, output } = await weir('check', config)
    expect(code).toBe(1)
    expect(output.split('\n')).toEqual([
      expect.stringMatching(/^CONFIG:3:12: .*'servce' does not exist in type 'Match'/),
      "CONFIG:4:62: Argument of type 'string' is not assignable to parameter of type 'number'.",
      '',
    ])
  })

  test('tells of a destination that is none', async () => {
    const config = `import { alert, config, rule } from 'weir-hub'
export default config({ rules: [rule('bad', { stream: alert({ summary: 'bad', notify: [{ name: 'ops' }] }) })] })
`
    expect(await weir('check', config)).toMatchObject({
      code: 1,
      output: expect.stringMatching(/^weir check: CONFIG: rule 'bad': notify: 'ops' is no destination/),
    })
  })

  test('tells of a runbook that is not there; a link is not looked at', async () => {
    const config = `import { alert, config, merge, rule } from 'weir-hub'
export default config({
  rules: [
    rule('bad', {
      stream: merge(
        alert({ summary: 'bad', notify: [], runbook: 'docs/runbooks/none.md' }),
        alert({ summary: 'bad', notify: [], runbook: 'https://wiki.example/bad' }),
      ),
    }),
  ],
})
`
    expect(await weir('check', config)).toMatchObject({
      code: 1,
      output: "CONFIG:4: rule 'bad': runbook: there is no file docs/runbooks/none.md\n",
    })
  })

  test('tells of a query that cannot be read, and the place in it', async () => {
    const config = `import { config, index, rule } from 'weir-hub'
export default config({
  rules: [
    rule('index', { stream: index() }),
    rule('bad', { match: 'service =~ "web%" and state="ok"', stream: index() }),
  ],
})
`
    const { code, output } = await weir('check', config)
    expect(code).toBe(1)
    expect(output.split('\n')).toEqual([
      expect.stringMatching(
        /^weir check: CONFIG:5: rule 'bad': match: expected .*, found "ok"; put spaces around = \(column 29\)$/,
      ),
      '  service =~ "web%" and state="ok"',
      '                              ^',
      '',
    ])
  })

  test('finds nothing in the shipped configuration, as `npx weir check`', async () => {
    const check = run('npx', ['weir', 'check'], { cwd: ROOT })
    expect(await check.exit).toEqual({ code: 0, signal: null })
    expect(check.stdout()).toContain("rule 'disk full'")
    expect(check.stdout()).toMatch(/config\/weir\.config\.ts: \d+ rules, no problems\n$/)
  })
})

test('a hub whose working directory is removed with all that was in it, ends when it is asked to', async () => {
  const directory = join(await scratch(), 'gone')
  await mkdir(directory)
  const file = join(directory, 'weir.config.ts')
  await writeFile(file, `import { config } from 'weir-hub'\nexport default config({ ${LISTEN}, rules: [] })`)
  const args = [join(ROOT, 'server/bin/weir.js'), 'start', '--config', file, '--data', 'data']
  const running = run(process.execPath, args, {
    cwd: directory,
    env: { SLACK_WEBHOOK_URL: '', WEIR_TOKEN: '' },
  })
  await running.printed(/^ready$/m, 60_000)
  await rm(directory, { recursive: true, maxRetries: 20 })
  running.signal('SIGTERM')
  expect(await running.exit).toMatchObject({ code: 0 })
  expect(running.output()).toContain('stopped')
})
