import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { connect, createServer as createTcpServer, type Server } from 'node:net'
import { join } from 'node:path'
import { beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { eventually, freePort, needs, run, runToEnd } from './processes.ts'
import { makeCertificates, startTunnel } from './stunnel.ts'

const OPENSSL = '/usr/bin/openssl'
const HOST = 'hosts/web-1'

/** Listens on 127.0.0.1 until the end of the test. */
async function listen(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void server.close())
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Sends one line and gives what came back until the other side closed or a whole line had come. */
function talk(port: number, line: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(`${line}\n`))
    socket.setEncoding('utf8').on('data', (text: string) => {
      answer += text
      if (answer.endsWith('\n')) socket.destroy()
    })
    socket.on('error', () => {}).on('close', () => resolve(answer))
  })
}

needs(
  'stunnel4 openssl',
  '/usr/bin/stunnel',
  OPENSSL,
)('stunnel on both sides', () => {
  let ours: string
  let others: string
  beforeAll(async () => {
    ours = await makeCertificates(['hub', 'localhost', '127.0.0.1'], ['host', 'web-1', 'localhost'])
    others = await makeCertificates(['hub', 'localhost'], ['host', 'web-1'])
  })

  /** What reached the hub's loopback ports. */
  let lines: string[]
  let requests: IncomingMessage[]
  let riemann: number
  let http: number
  beforeEach(async () => {
    lines = []
    requests = []
    riemann = await listen(
      createTcpServer((socket) => {
        socket.setEncoding('utf8').on('data', (line: string) => {
          lines.push(line.trim())
          socket.write(`ok ${line}`)
        })
        socket.on('error', () => {})
      }),
    )
    http = await listen(
      createServer((request, response) => {
        requests.push(request)
        response.end('posted\n')
      }),
    )
  })

  const hub = async (tls = join(ours, 'hub')) => {
    const { running, ports } = await startTunnel('hub.conf', tls, { 5555: riemann, 5558: http })
    return { running, riemann: ports.get(5554) ?? 0, https: ports.get(5557) ?? 0 }
  }
  const host = async (
    to: { readonly riemann: number; readonly https: number },
    tls = join(ours, HOST),
    edit?: (text: string) => string,
  ) => {
    const { running, ports } = await startTunnel('host.conf', tls, { 5554: to.riemann, 5557: to.https }, edit)
    return { running, riemann: ports.get(5555) ?? 0, http: ports.get(5557) ?? 0 }
  }

  test('a host with a certificate reaches the hub', async () => {
    const web1 = await host(await hub())
    expect(await talk(web1.riemann, 'hello')).toBe('ok hello\n')
  })

  test('collectd on that host reaches https with its token', async () => {
    const web1 = await host(await hub())
    const headers = { authorization: 'Bearer secret' }
    const answer = await fetch(`http://127.0.0.1:${web1.http}/collectd`, {
      method: 'POST',
      body: '[]',
      headers,
    })
    expect(await answer.text()).toBe('posted\n')
    expect(requests.map(({ url, headers: { authorization } }) => [url, authorization])).toEqual([
      ['/collectd', 'Bearer secret'],
    ])
  })

  test('a browser needs no certificate of its own', async () => {
    const { https } = await hub()
    const url = `https://localhost:${https}/`
    expect(
      await runToEnd(process.execPath, ['-e', `fetch('${url}').then((a) => a.text()).then(console.log)`], {
        env: { NODE_EXTRA_CA_CERTS: join(ours, 'ca/cert.pem') },
      }),
    ).toBe('posted\n\n')
  })

  test.each([
    {
      who: 'without a certificate',
      because: 'peer did not return a certificate',
      tls: () => join(ours, HOST),
      edit: (text: string) => text.replace(/^(cert|key) = .*\n/gm, ''),
    },
    {
      who: "with another authority's certificate",
      because: 'certificate verify failed',
      tls: () => join(others, HOST),
      edit: (text: string) => text.replace(/^CAfile = .*$/m, `CAfile = ${join(ours, HOST, 'ca.pem')}`),
    },
    {
      who: "with the hub's own certificate",
      because: 'certificate verify failed',
      tls: () => join(ours, 'hub'),
      edit: (text: string) => text,
    },
  ])('a host $who is refused', async ({ because, tls, edit }) => {
    const front = await hub()
    const guest = await host(front, tls(), edit)
    expect(await talk(guest.riemann, 'hello')).toBe('')
    await front.running.printed(because)
    expect(lines).toEqual([])
  })

  test.each([
    {
      who: 'of another name',
      because: 'Subject checks failed',
      tls: () => join(ours, 'hub'),
      name: 'other.example',
    },
    {
      who: "with another authority's certificate",
      because: 'certificate verify failed',
      tls: () => join(others, 'hub'),
      name: 'localhost',
    },
    {
      who: "with a host's certificate",
      because: 'certificate verify failed',
      tls: () => join(ours, 'hosts/localhost'),
      name: 'localhost',
    },
  ])('a hub $who is refused', async ({ because, tls, name }) => {
    const web1 = await host(await hub(tls()), join(ours, HOST), (text) =>
      text.replaceAll('checkHost = localhost', `checkHost = ${name}`),
    )
    expect(await talk(web1.riemann, 'hello')).toBe('')
    await web1.running.printed(because)
    expect(lines).toEqual([])
  })

  test.each([
    { how: 'without a certificate', args: () => [], because: /alert certificate required/ },
    {
      how: 'with TLS 1.2',
      args: () => ['-tls1_2', '-cert', join(ours, HOST, 'cert.pem'), '-key', join(ours, HOST, 'key.pem')],
      because: /alert protocol version/,
    },
    {
      how: 'with a certificate',
      args: () => ['-cert', join(ours, HOST, 'cert.pem'), '-key', join(ours, HOST, 'key.pem')],
      because: null,
    },
  ])('openssl s_client $how', async ({ args, because }) => {
    const front = await hub()
    const client = run(
      OPENSSL,
      [
        's_client',
        '-quiet',
        '-connect',
        `127.0.0.1:${front.riemann}`,
        '-CAfile',
        join(ours, 'ca/cert.pem'),
        ...args(),
      ],
      { input: 'hello\n' },
    )
    await client.printed(because ?? 'ok hello')
    if (because !== null) expect(lines).toEqual([])
  })

  test('a sender notices when nothing listens behind the hub side, but only after it has sent', async () => {
    const front = await hub()
    const web1 = await host({ ...front, riemann: await freePort() })
    expect(await talk(web1.riemann, 'lost')).toBe('')
    await eventually(() => web1.running.output().includes('Connection refused'), 'a line in the log')
  })
})
