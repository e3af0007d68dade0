import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { connect } from 'weir-client'
import { startHub, type TestHub } from '../hub.ts'
import { rowOf } from '../live.ts'
import { COLLECTD } from '../real/collectd.ts'
import { eventually, needs, run, runToEnd, scratch } from '../real/processes.ts'
import { makeCertificates, startTunnel } from '../real/stunnel.ts'

const TOKEN = 'a-token-of-this-test'
const RIEMANN_CLIENT = '/usr/bin/riemann-client'
const [packages, ...programs] = COLLECTD

needs(
  `${packages} stunnel4 openssl riemann-c-client`,
  ...programs,
  '/usr/bin/stunnel',
  RIEMANN_CLIENT,
)('a monitored host, through stunnel on both sides', () => {
  let hub: TestHub
  let certificates: string
  let front: { readonly 5554: number; readonly 5557: number }
  /** The ports of web-1's own loopback. */
  let local: { readonly riemann: number; readonly http: number }

  beforeAll(async () => {
    hub = await startHub({ dir: await scratch(), env: { WEIR_TOKEN: TOKEN } })
    certificates = await makeCertificates(['hub', 'localhost'], ['host', 'web-1'])
    const behind = { 5555: hub.port, 5558: Number(new URL(hub.proxied ?? '').port) }
    const { ports } = await startTunnel('hub.conf', join(certificates, 'hub'), behind)
    front = { 5554: ports.get(5554) ?? 0, 5557: ports.get(5557) ?? 0 }
    const web1 = await startTunnel('host.conf', join(certificates, 'hosts/web-1'), front)
    local = { riemann: web1.ports.get(5555) ?? 0, http: web1.ports.get(5557) ?? 0 }
  })

  const send = (service: string, port: number) =>
    run(RIEMANN_CLIENT, ['send', '-h', 'web-1', '-S', service, '-s', 'ok', '127.0.0.1', String(port)])

  test('a Riemann client there is acknowledged, and its event is in the index', async () => {
    expect(await send('deploy', local.riemann).exit).toEqual({ code: 0, signal: null })
    expect(await rowOf(hub, 'web-1', 'deploy')).toMatchObject({ state: 'ok' })
  })

  test('our client there is answered, message by message', async () => {
    const client = await connect({ port: local.riemann, eventHost: 'web-1' })
    await Promise.all(Array.from({ length: 100 }, (_, n) => client.send({ service: `job-${n}`, metric: n })))
    expect(await rowOf(hub, 'web-1', 'job-99')).toMatchObject({ metric: 99 })
    await client.close()
  })

  test('collectd there, with the shipped configuration, is in the index', async () => {
    const shipped = await readFile(
      fileURLToPath(new URL('../../config/collectd/collectd.conf', import.meta.url)),
      'utf8',
    )
    const directory = await scratch()
    const file = join(directory, 'collectd.conf')
    const conf = shipped
      .replaceAll('@WEIR_TOKEN@', TOKEN)
      .replaceAll('127.0.0.1:5557', `127.0.0.1:${local.http}`)
      .replace('#Hostname', 'Hostname')
      .replace(/^Interval \d+/m, 'Interval 1')
      // There is no syslog in a container.
      .replaceAll('syslog', 'logfile')
    await writeFile(file, `BaseDir "${directory}"\n${conf}`)
    const collectd = run('/usr/sbin/collectd', ['-f', '-C', file, '-P', join(directory, 'pid')])
    for (const service of [
      'uptime/uptime',
      'cpu/percent-idle',
      'memory/percent-free',
      'load/load/shortterm',
    ]) {
      const found = await eventually(() => rowOf(hub, 'web-1', service), `web-1 ${service} in the index`)
      expect(found).toMatchObject({ metric: expect.any(Number), ttl: 2 })
    }
    expect(collectd.output()).not.toMatch(/write_http plugin|is not loaded|isn't loaded/)
  })

  test.each([
    ['without the token', undefined],
    ['with another token', 'Bearer another-token'],
  ])('%s, https gives and takes nothing', async (_, authorization) => {
    const ask = async (path: string, init: RequestInit = {}) => {
      const headers = authorization === undefined ? {} : { authorization }
      return (await fetch(`http://127.0.0.1:${local.http}${path}`, { ...init, headers })).status
    }
    expect(await ask('/healthz')).toBe(401)
    expect(await ask('/')).toBe(401)
    const body = JSON.stringify({ host: 'web-1', service: 'posted' })
    expect(await ask('/events', { method: 'POST', body })).toBe(401)
    expect(await rowOf(hub, 'web-1', 'posted')).toBeUndefined()
  })

  test('a host without a certificate is refused', async () => {
    const edit = (text: string) => text.replace(/^(cert|key) = .*\n/gm, '')
    const guest = await startTunnel('host.conf', join(certificates, 'hosts/web-1'), front, edit)
    expect((await send('intruder', guest.ports.get(5555) ?? 0).exit).code).not.toBe(0)
    expect(await rowOf(hub, 'web-1', 'intruder')).toBeUndefined()
  })

  test('riemann-client with TLS of its own and a certificate needs no stunnel on the host', async () => {
    const files = ['cafile=ca.pem', 'certfile=cert.pem', 'keyfile=key.pem'].flatMap((file) => ['-o', file])
    const event = ['-h', 'web-1', '-S', 'direct', '-s', 'ok']
    await runToEnd(RIEMANN_CLIENT, ['send', '-G', ...files, ...event, '127.0.0.1', String(front[5554])], {
      cwd: join(certificates, 'hosts/web-1'),
    })
    expect(await rowOf(hub, 'web-1', 'direct')).toMatchObject({ state: 'ok' })
  })
})
