import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Client, connect } from 'weir-client'
import { startHub, type TestHub } from '../hub.ts'
import { eventually, needs, run, scratch } from '../real/processes.ts'

const WEIR = new URL('../../server/src/cli/weir.ts', import.meta.url).pathname

const CONFIG = `
import { above, alert, by, config, index, publish, rule, severity } from 'weir-hub'

export default config({
  name: 'hub-1',
  listen: { riemann: '127.0.0.1:0', http: '127.0.0.1:0' },
  rules: [
    rule('index', { stream: index() }),
    rule('news', { match: { tagged: 'news' }, stream: publish('the news') }),
    rule('slow', {
      match: { service: 'latency' },
      stream: by('host', severity({ critical: above(2) }), alert({ summary: (e) => e.host + ' is slow', notify: [] })),
    }),
  ],
})
`

let hub: TestHub
let client: Client
beforeAll(async () => {
  hub = await startHub({ dir: await scratch(), config: CONFIG })
  client = await connect({ port: hub.port })
  return () => client.close()
})

const weir = (...args: readonly string[]) =>
  run(process.execPath, [WEIR, ...args, '--hub', hub.http], {
    env: { WEIR_TOKEN: '', NO_COLOR: '1', FORCE_COLOR: undefined },
  })

/** Says it again and again until the program has printed what it waits for. */
async function until(program: ReturnType<typeof weir>, pattern: RegExp, say: () => Promise<void>) {
  await eventually(async () => {
    await say()
    return pattern.test(program.output())
  }, String(pattern))
}

describe('weir tail', () => {
  test('shows what comes into the index and matches, a line each, and ends after as many as are asked for', async () => {
    const tail = weir('tail', 'host = "web-1" and metric > 1', '--limit', '2')
    let n = 1
    await until(tail, /\n.*\n/, () =>
      client.send([
        { host: 'web-1', service: 'api', state: 'ok', metric: ++n, description: 'a\nb', tags: ['x'] },
        { host: 'web-2', service: 'api', state: 'ok', metric: n },
      ]),
    )
    expect((await tail.exit).code).toBe(0)
    expect(tail.output()).toMatch(/^(\d\d:\d\d:\d\d {2}web-1 +api +ok +\d+ {2}a b {2}#x\n){2}$/)
  })

  test('--json --all begins with what there is', async () => {
    await client.send({ host: 'all', service: 'x', metric: 7, attributes: { rack: 'r1' } })
    const tail = weir('tail', 'host = "all"', '--all', '--limit', '1', '--json')
    expect((await tail.exit).code).toBe(0)
    expect(JSON.parse(tail.stdout())).toMatchObject({ host: 'all', metric: 7, attributes: { rack: 'r1' } })
  })

  test('--topic shows what rules publish', async () => {
    const tail = weir('tail', '--topic', 'the news', '--limit', '1')
    await until(tail, /\n/, () => client.send({ host: 'new', service: 'y', tags: ['news'] }))
    expect((await tail.exit).code).toBe(0)
    expect(tail.output()).toMatch(/new +y/)
  })

  test.each([
    [['tail', 'up down'], /^weir tail: the hub at \S+ refused: .*column 4.*\n$/],
    [['top', '--once', 'state ='], /^weir top: the hub at \S+ answered 400: .*column 8.*\n$/],
  ])('weir %j ends with 1, and says what is wrong', async (args, said) => {
    const asked = weir(...args)
    expect((await asked.exit).code).toBe(1)
    expect(asked.output()).toMatch(said)
  })

  test('a hub that is not there is no reason to wait', async () => {
    for (const command of ['tail', 'top']) {
      const asked = run(process.execPath, [WEIR, command, '--hub', 'http://127.0.0.1:9'])
      expect((await asked.exit).code).toBe(1)
      expect(asked.output()).toMatch(
        new RegExp(`^weir ${command}: the hub at 127.0.0.1:9 cannot be reached: .*\n$`),
      )
    }
  })
})

describe('weir top', () => {
  test('--once and --json print the hosts, the worst first', async () => {
    await client.send([
      { host: 'top-1', service: 'cpu', state: 'ok' },
      { host: 'top-2', service: 'latency', metric: 3 },
    ])
    const once = weir('top', 'host =~ "top-%"', '--once')
    await once.exit
    expect(
      once
        .output()
        .split('\n')
        .map((line) => line.replace(/ +/g, ' ')),
    ).toEqual([
      'HOST STATE CRITICAL WARNING OK OTHER HEARD WORST',
      expect.stringMatching(/^top-2 critical 1 \. \. \. \S+( \S+)? ago top-2 is slow$/),
      expect.stringMatching(/^top-1 ok \. \. 1 \. \S+( \S+)? ago$/),
      '',
    ])
    const json = weir('top', 'host =~ "top-%"', '--json')
    await json.exit
    const rows = json
      .stdout()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(rows.map(({ host, state }) => [host, state])).toEqual([
      ['top-2', 'critical'],
      ['top-1', 'ok'],
    ])
  })

  needs('bsdutils', '/usr/bin/script')('on a terminal', () => {
    test.each([
      ['', true],
      ['1', false],
    ])(
      'follows the hub until q is pressed, and gives the terminal back (NO_COLOR=%j)',
      async (noColor, coloured) => {
        const quit = join(await scratch(), 'quit')
        const command = `stty cols 120 rows 40; exec ${process.execPath} ${WEIR} top --hub ${hub.http}`
        const typing = `(while [ ! -e ${quit} ]; do sleep 0.1; done; printf q) | script -qec "${command}" /dev/null`
        const env = {
          WEIR_TOKEN: '',
          NO_COLOR: noColor,
          FORCE_COLOR: undefined,
          CI: undefined,
          TERM: 'xterm',
        }
        const terminal = run('sh', ['-c', typing], { env })
        await terminal.printed(/top-2 +critical/)
        await client.send({ host: 'top-3', service: 'cpu', state: 'warning' })
        await terminal.printed(/top-3 +warning/)
        writeFileSync(quit, '')
        expect((await terminal.exit).code).toBe(0)
        // The screen as it was before, and the cursor.
        expect(terminal.output()).toContain('\u001b[?25h\u001b[?1049l')
        expect(terminal.output().includes('\u001b[31m')).toBe(coloured)
      },
    )
  })
})
