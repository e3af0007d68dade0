import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { connect, type TlsOptions } from 'weir-client'
import { accepting, startHub } from '../../clients/node/src/hub.fixture.ts'
import { eventually, needs, run } from './processes.ts'

const WEIR = join(import.meta.dirname, '../../server/src/cli/weir.ts')

needs('openssl', '/usr/bin/openssl')('over TLS', () => {
  const dir = mkdtempSync(join(tmpdir(), 'weir-client-tls-'))
  afterAll(() => rmSync(dir, { recursive: true }))
  const file = (name: string) => readFileSync(join(dir, name), 'utf8')
  const openssl = (...args: string[]) => execFileSync('/usr/bin/openssl', args, { cwd: dir, stdio: 'pipe' })

  /** An authority, or a certificate by one: NAME.pem and NAME.key. */
  function certify(name: string, by?: string): void {
    const subject = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', `/CN=${name}`]
    const signed =
      by === undefined
        ? []
        : ['-CA', `${by}.pem`, '-CAkey', `${by}.key`, '-addext', `subjectAltName=DNS:${name}`]
    openssl(
      'req',
      '-x509',
      ...subject,
      ...signed,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.pem`,
      '-days',
      '2',
    )
  }

  beforeAll(() => {
    for (const authority of ['ours', 'theirs']) certify(authority)
    certify('hub.example', 'ours')
    certify('web-1', 'ours')
    certify('stranger', 'theirs')
  })

  async function hub() {
    const [cert, key, ca] = [file('hub.example.pem'), file('hub.example.key'), file('ours.pem')]
    return startHub({ tls: { cert, key, ca, requestCert: true }, answer: accepting })
  }

  function tls(client: string, more: TlsOptions = {}): TlsOptions {
    return {
      ca: file('ours.pem'),
      cert: file(`${client}.pem`),
      key: file(`${client}.key`),
      servername: 'hub.example',
      ...more,
    }
  }

  test('events reach a hub that asks for a certificate', async () => {
    const { port, events } = await hub()
    const client = await connect({ port, tls: tls('web-1') })
    await client.send({ service: 'secret' })
    await client.close()
    expect(events).toMatchObject([{ service: 'secret' }])
  })

  test.each<[string, () => TlsOptions, string]>([
    ['another authority', () => tls('web-1', { ca: file('theirs.pem') }), 'SELF_SIGNED_CERT_IN_CHAIN'],
    ['another name', () => tls('web-1', { servername: 'other.example' }), 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['no authority of ours', () => tls('web-1', { ca: undefined }), 'SELF_SIGNED_CERT_IN_CHAIN'],
  ])('a hub with %s is not connected to', async (_, options, reason) => {
    const { port, events } = await hub()
    await expect(connect({ port, tls: options() })).rejects.toMatchObject({
      code: 'connect-failed',
      message: expect.stringMatching(`: ${reason}$`),
    })
    expect(events).toEqual([])
  })

  test('a certificate that the hub does not know is refused', async () => {
    const { port, events } = await hub()
    const sending = connect({ port, tls: tls('stranger'), reconnect: false }).then(async (client) => {
      onTestFinished(() => client.close(0))
      await client.send({})
    })
    await expect(sending).rejects.toMatchObject({
      code: expect.stringMatching(/^(connect-failed|connection-lost)$/),
    })
    expect(events).toEqual([])
  })

  test('weir send and weir agent do it from the command line', async () => {
    const { port, events } = await hub()
    const files = [
      '--ca',
      'ours.pem',
      '--cert',
      'web-1.pem',
      '--key',
      'web-1.key',
      '--servername',
      'hub.example',
    ]
    const weir = (...args: string[]) =>
      run(process.execPath, [WEIR, ...args, '--to', `127.0.0.1:${port}`, ...files], { cwd: dir })
    expect(await weir('send', '--service', 'by hand').exit).toEqual({ code: 0, signal: null })
    expect(events).toMatchObject([{ service: 'by hand' }])
    const agent = weir('agent', '--host', 'web-1')
    await eventually(
      () => events.some(({ host, service }) => host === 'web-1' && service === 'uptime/uptime'),
      'a sample',
    )
    expect(await agent.stop()).toEqual({ code: 0, signal: null })
  })

  test.each<[string, TlsOptions]>([
    ['a certificate that is none', { cert: 'x', key: 'y' }],
    ['an authority that is none', { ca: '-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----' }],
  ])('%s is told', async (_, options) => {
    await expect(connect({ port: 5554, tls: options })).rejects.toMatchObject({
      code: 'invalid-option',
      message: expect.stringContaining('tls: ca, cert and key are PEM texts: '),
    })
  })
})
