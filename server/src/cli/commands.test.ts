import { execFile } from 'node:child_process'
import { createServer, type IncomingMessage } from 'node:http'
import { createServer as createTcp, type Server } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { decodeMsg, encodeFrame, encodeMsg, FrameReader } from 'weir-protocol'
import { weir } from './commands.ts'

const NAMES = [
  'start',
  'check',
  'test',
  'send',
  'agent',
  'query',
  'alerts',
  'ack',
  'silence',
  'drill',
  'preview',
  'explain',
  'log',
  'outbox',
  'reload',
  'token',
  'forget',
  'tail',
  'top',
]

let out: string
let err: string

beforeEach(() => {
  out = ''
  err = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += text
    return true
  })
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += text
    return true
  })
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

/** Listens on a free port of 127.0.0.1 and gives it. */
async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** A port on which nothing listens. */
async function deadPort(): Promise<number> {
  const server = createTcp()
  const port = await listen(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}

test.each([[], ['help'], ['--help'], ['-h']].map((args) => [args]))(
  'weir %j lists all commands',
  async (args) => {
    expect([await weir(args), err]).toEqual([0, ''])
    expect([...out.matchAll(/^ {2}weir (\w+)/gm)].map(([, name]) => name)).toEqual(NAMES)
  },
)

test.each(['strat', 'constructor', '__proto__', '--version'])('weir %s: no such command', async (name) => {
  expect(await weir([name])).toBe(2)
  expect(err).toMatch(new RegExp(`^weir: there is no command '${name}'\n\n`))
  expect(out).toBe('')
})

describe.each(NAMES)('weir %s', (name) => {
  test.each(['--help', '-h'])('%s tells what it does and takes', async (flag) => {
    expect([await weir([name, flag]), err]).toEqual([0, ''])
    expect(out).toMatch(new RegExp(`^weir ${name}\\b`))
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(120)
  })

  test('refuses an option that there is not, in one line', async () => {
    expect(await weir([name, '--no-such-option'])).toBe(2)
    expect(err).toMatch(new RegExp(`^weir ${name}: .*--no-such-option.*; see --help\n$`))
    expect(out).toBe('')
  })
})

describe('wrong arguments:', () => {
  test.each([
    [['start', 'extra'], "'extra'"],
    [['check', 'extra'], "'extra'"],
    [['send'], '--service is missing; see --help'],
    [['send', '--service', 's', '--metric', 'much'], "--metric takes a number, not 'much'"],
    [['send', '--service', 's', '--metric', 'NaN'], "--metric takes a number, not 'NaN'"],
    [['send', '--service', 's', '--metric', ''], "--metric takes a number, not ''"],
    [['send', '--service', 's', '--ttl', '1m'], "--ttl takes a number, not '1m'"],
    [['send', '--service', 's', '--attribute', 'rack'], "--attribute takes KEY=VALUE, not 'rack'"],
    [['send', '--service', 's', '--attribute', '=r1'], "--attribute takes KEY=VALUE, not '=r1'"],
    [['send', '--service', 's', '--to', 'localhost'], "--to takes HOST:PORT, not 'localhost'"],
    [
      ['send', '--service', 's', '--to', 'h:0'],
      "the port of --to takes a whole number from 1 to 65535, not '0'",
    ],
    [['send', '--service'], '--service'],
    [['send', '--service', 's', '--ca', '/nowhere.pem'], "--ca: /nowhere.pem can't be read: ENOENT"],
    [['agent', 'extra'], "'extra'"],
    [['agent', '--to', 'hub'], "--to takes HOST:PORT, not 'hub'"],
    [['agent', '--interval', '10s'], "--interval takes a whole number from 1 to 3600, not '10s'"],
    [['ack'], 'takes one alert; see --help'],
    [['ack', 'a-1'], '--why is missing; see --help'],
    [['silence', '--rule', 'disk full'], '--why is missing; see --help'],
    [['log', '--limit', '0'], "--limit takes a whole number from 1 to 10000, not '0'"],
    [['log', '--limit', '0x10'], "--limit takes a whole number from 1 to 10000, not '0x10'"],
    [['tail', 'state', '=', '"ok"'], 'takes one query, in quotes; see --help'],
    [['tail', '--all', '--topic', 'news'], '--all is for the index, not for a --topic; see --help'],
    [['tail', '--limit', '0'], "--limit takes a whole number from 1 to 1000000000, not '0'"],
    [['top', '--hub', 'hub'], "--hub takes a URL such as http://127.0.0.1:5556, not 'hub'"],
    [['top', 'a', 'b'], 'takes one query, in quotes; see --help'],
    [['forget'], 'takes one host; see --help'],
    [['forget', 'a', 'b'], 'takes one host; see --help'],
    [
      ['forget', 'a', '--hub', '127.0.0.1:5556'],
      "--hub takes a URL such as http://127.0.0.1:5556, not '127.0.0.1:5556'",
    ],
  ])('weir %j', async (args, problem) => {
    expect([await weir(args), out]).toEqual([2, ''])
    expect(err.split('\n')).toEqual([expect.stringContaining(problem), ''])
  })
})

describe('weir send', () => {
  /** A hub that answers each frame the same; and the services, tags and attributes that it heard. */
  async function hub(answer: { ok: boolean; error?: string }): Promise<{ to: string; heard: unknown[] }> {
    const heard: unknown[] = []
    const server = createTcp((socket) => {
      const frames = new FrameReader()
      socket.on('error', () => {})
      socket.on('data', (chunk) => {
        frames.push(Buffer.from(chunk), (frame) => {
          for (const { service, host, metric, ttl, tags, attributes } of decodeMsg(frame, 0).events)
            heard.push({ service, host, metric, ttl, tags, attributes: Object.entries(attributes) })
          socket.write(encodeFrame(encodeMsg(answer)))
        })
      })
    })
    return { to: `127.0.0.1:${await listen(server)}`, heard }
  }

  test('ends with 0 when the hub has taken the event', async () => {
    const { to, heard } = await hub({ ok: true })
    const event = '--service disk --metric=-1.5 --ttl 30 --host db-1 --tag a --tag b'
    const args = `send ${event} --attribute rack=r=1 --attribute __proto__=x --to ${to}`
    expect([await weir(args.split(' ')), out, err]).toEqual([0, '', ''])
    expect(heard).toEqual([
      {
        ...{ service: 'disk', host: 'db-1', metric: -1.5, ttl: 30, tags: ['a', 'b'] },
        attributes: [
          ['rack', 'r=1'],
          ['__proto__', 'x'],
        ],
      },
    ])
  })

  test('ends with 1 and the reason when it refuses', async () => {
    const { to } = await hub({ ok: false, error: 'not recorded:\nthe disk is full' })
    expect(await weir(['send', '--service', 's', '--to', to])).toBe(1)
    expect(err.split('\n')).toEqual([
      expect.stringMatching(/^weir send: .*not recorded:; the disk is full/),
      '',
    ])
  })

  test('ends with 1 when there is none', async () => {
    const port = await deadPort()
    expect(await weir(['send', '--service', 's', '--to', `127.0.0.1:${port}`])).toBe(1)
    expect(err.split('\n')).toEqual([
      expect.stringMatching(`^weir send: .*127.0.0.1:${port}.*ECONNREFUSED`),
      '',
    ])
  })
})

describe('weir forget', () => {
  async function hub(status: number, body: string): Promise<{ url: string; asked: IncomingMessage[] }> {
    const asked: IncomingMessage[] = []
    const server = createServer((request, response) => {
      asked.push(request)
      response.writeHead(status).end(body)
    })
    return { url: `http://127.0.0.1:${await listen(server)}`, asked }
  }

  test('ends with 0 when the hub has forgotten', async () => {
    vi.stubEnv('WEIR_TOKEN', 's3cret')
    const { url, asked } = await hub(200, '{"ok":true}')
    expect([await weir(['forget', 'web 1', '--service', 'a/b', '--hub', url]), err]).toEqual([0, ''])
    expect(asked.map(({ method, url, headers }) => [method, url, headers.authorization])).toEqual([
      ['DELETE', '/index?host=web%201&service=a%2Fb', 'Bearer s3cret'],
    ])
  })

  test('ends with 1 and the answer when it refuses', async () => {
    vi.stubEnv('WEIR_TOKEN', '')
    const { url, asked } = await hub(401, '{"error":"needs the token"}')
    expect(await weir(['forget', 'web-1', '--hub', url])).toBe(1)
    expect(err).toBe(
      `weir forget: the hub at ${new URL(url).host} answered 401: {"error":"needs the token"}\n`,
    )
    expect(asked[0]?.headers.authorization).toBeUndefined()
  })

  test('ends with 1 when there is none', async () => {
    const port = await deadPort()
    expect(await weir(['forget', 'web-1', '--hub', `http://127.0.0.1:${port}`])).toBe(1)
    expect(err).toBe(
      `weir forget: the hub at 127.0.0.1:${port} cannot be reached: ECONNREFUSED; say where the hub's page is with --hub\n`,
    )
  })
})

test.each(['alerts', 'log', 'ack a-1 --why because', 'silence --rule r --why because'])(
  'weir %s where no hub runs ends with 1, in one line that says where it looked',
  async (line) => {
    expect([await weir([...line.split(' '), '--data', '/nowhere/at all']), out]).toEqual([1, ''])
    expect(err).toBe(
      `weir ${line.split(' ')[0]}: the hub at /nowhere/at all/weir.sock: no hub runs on this data directory; say which with --data\n`,
    )
  },
)

test('as a program: its exit code, and a reader that goes away', async () => {
  const file = fileURLToPath(new URL('weir.ts', import.meta.url))
  const run = promisify(execFile)
  await expect(run(process.execPath, [file, 'strat'])).rejects.toMatchObject({ code: 2 })
  const piped = `{ "${process.execPath}" "${file}" help; echo "ended with $?" >&2; } | true`
  expect((await run('sh', ['-c', piped])).stderr).toBe('ended with 0\n')
})
