import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { startHub, type TestHub } from '../hub.ts'
import { eventually, needs, run, runToEnd, scratch } from '../real/processes.ts'
import { makeCertificates } from '../real/stunnel.ts'

const ROOT = new URL('../../', import.meta.url).pathname

let certificates: string
/** Certificates of an authority that the hub does not know. */
let foreign: string

function config(bindHosts: boolean): string {
  const { cert, key, ca } = filesOf(join(certificates, 'hub'))
  return `
import { config } from 'weir-hub'
import { indexAll } from '${ROOT}config/rules/index.ts'

export default config({
  name: 'hub-1',
  listen: {
    riemann: '127.0.0.1:0',
    http: '127.0.0.1:0',
    tls: { address: '127.0.0.1:0', cert: '${cert}', key: '${key}', ca: '${ca}', bindHosts: ${bindHosts} },
  },
  rules: [indexAll],
})
`
}

function filesOf(folder: string) {
  return { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem'), ca: join(folder, 'ca.pem') }
}

function portOf(hub: TestHub): string {
  return /for events on 127\.0\.0\.1:(\d+) \(TLS/.exec(hub.process.output())?.[1] ?? ''
}

/** Runs riemann-client over TLS as this host. */
async function riemannClient(port: string, folder: string, ...args: readonly string[]) {
  const { cert, key, ca } = filesOf(folder)
  const options = [`cafile=${ca}`, `certfile=${cert}`, `keyfile=${key}`].flatMap((each) => ['-o', each])
  const ran = run('riemann-client', [...args, '-G', ...options, 'localhost', port])
  const { code } = await ran.exit
  return { code, out: ran.output() }
}

needs(
  'openssl riemann-c-client',
  '/usr/bin/openssl',
  '/usr/bin/riemann-client',
)('events over TLS', () => {
  beforeAll(async () => {
    certificates = await makeCertificates(['hub', 'localhost'], ['host', 'web-1', 'web-2'])
    foreign = await makeCertificates(['hub', 'localhost'], ['host', 'web-1'])
  })

  describe('a listener for clients with a certificate', () => {
    let hub: TestHub
    let port: string
    beforeAll(async () => {
      hub = await startHub({ dir: await scratch(), config: config(false) })
      port = portOf(hub)
    })

    test('takes events of riemann-client, and answers its queries', async () => {
      const web1 = join(certificates, 'hosts/web-1')
      const sent = await riemannClient(
        port,
        web1,
        'send',
        '-h',
        'web-9',
        '-S',
        'app',
        '-s',
        'ok',
        '-d',
        '4.5',
      )
      expect(sent).toEqual({ code: 0, out: '' })
      const { out } = await riemannClient(port, web1, 'query', 'service = "app"')
      expect(out).toContain('web-9')
    })

    test.each([
      ['no certificate', () => [] as string[]],
      [
        'a certificate of an unknown authority',
        () => ['-cert', join(foreign, 'hosts/web-1/cert.pem'), '-key', join(foreign, 'hosts/web-1/key.pem')],
      ],
      [
        "the hub's own certificate, which is none of a client",
        () => ['-cert', join(certificates, 'hub/cert.pem'), '-key', join(certificates, 'hub/key.pem')],
      ],
    ])('cuts off a client with %s', async (_, args) => {
      const before = await handshakesFailed(hub)
      const ca = join(certificates, 'hub/ca.pem')
      const client = run('openssl', ['s_client', '-connect', `localhost:${port}`, '-CAfile', ca, ...args()])
      await client.exit
      await eventually(async () => (await handshakesFailed(hub)) === before + 1, 'that it was counted')
    })

    test('takes a client with a certificate, as openssl sees it', async () => {
      const { cert, key, ca } = filesOf(join(certificates, 'hosts/web-1'))
      const out = await runToEnd('sh', [
        '-c',
        `openssl s_client -connect localhost:${port} -CAfile ${ca} -cert ${cert} -key ${key} -verify_return_error < /dev/null`,
      ])
      expect(out).toContain('Verify return code: 0 (ok)')
    })
  })

  test('where certificates are bound to hosts, each speaks for its own', async () => {
    const hub = await startHub({ dir: await scratch(), config: config(true) })
    const port = portOf(hub)
    const web2 = join(certificates, 'hosts/web-2')
    const send = (host: string) => riemannClient(port, web2, 'send', '-h', host, '-S', 'app', '-s', 'ok')
    expect(await send('web-2')).toEqual({ code: 0, out: '' })
    expect(await send('web-1')).toEqual({
      code: expect.not.toSatisfy((code: number) => code === 0),
      out: expect.stringContaining("an event of 'web-1', and this certificate speaks for web-2"),
    })
    const { out } = await riemannClient(port, web2, 'query', 'service = "app"')
    expect(out).toContain('web-2')
    expect(out).not.toContain('web-1')
  })

  test('a key of another certificate, or a file that there is not, is told at the start', async () => {
    const dir = await scratch()
    for (const [from, to, problem] of [
      [
        'hub/key.pem',
        'hosts/web-1/key.pem',
        /weir start: listen\.tls: cert '.*' cannot be read: .*key values mismatch/,
      ],
      [
        'hub/ca.pem',
        'hub/nothing.pem',
        /weir start: listen\.tls: ca '.*nothing\.pem' cannot be read: ENOENT/,
      ],
    ] as const) {
      const wrong = config(false).replace(from, to)
      await expect(startHub({ dir, config: wrong })).rejects.toThrow(problem)
    }
  })
})

async function handshakesFailed(hub: TestHub): Promise<number> {
  const shown = await (await fetch(`${hub.http}/metrics`)).text()
  return Number(
    /weir_rejected_total\{transport="tls",reason="handshake-failed"\} (\d+)/.exec(shown)?.[1] ?? 0,
  )
}
