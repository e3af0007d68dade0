import { globSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { connect } from 'weir-client'
import type { Row } from 'weir-hub/live'
import { startHub, type TestHub } from '../hub.ts'
import { rowOf } from '../live.ts'
import { CHROMIUM, openPage } from '../page.ts'
import { COLLECTD, startCollectd, writeHttp } from '../real/collectd.ts'
import { eventually, needs, run, runToEnd, scratch } from '../real/processes.ts'

const ROOT = new URL('../../', import.meta.url).pathname

let hub: TestHub
beforeAll(async () => {
  hub = await startHub({ dir: await scratch() })
})

/** The row, as soon as the index has it: what was acknowledged is there at once, a datagram soon. */
const indexed = (host: string, service: string): Promise<Row> =>
  eventually(() => rowOf(hub, host, service), `${host} ${service} in the index`)

/** Waits until a browser shows the row. */
async function shown(
  host: string,
  service: string,
  kind: string,
  ...texts: readonly string[]
): Promise<void> {
  const page = await openPage(`${hub.http}/?q=${host}`)
  const cells = page.locator(`[data-row="${host}|${service}"][data-kind="${kind}"] td`)
  await eventually(async () => {
    const shown = await cells.allInnerTexts()
    return [host, service, ...texts].every((text) => shown.includes(text))
  }, `${host} ${service} on the page`)
}

needs(
  `riemann-c-client ${CHROMIUM[0]}`,
  '/usr/bin/riemann-client',
  CHROMIUM[1],
)('riemann-client', () => {
  test.each([
    ['TCP', '-T'],
    ['UDP', '-U'],
  ])('over %s is in the index and on the page', async (transport, flag) => {
    await runToEnd('/usr/bin/riemann-client', [
      ...['send', flag, '-h', 'c-client', '-S', transport, '-s', 'warning', '-d', '97.5', '-L', '600'],
      ...['-D', 'says it', '-t', 'disk', '-a', 'rack=r1', '127.0.0.1', String(hub.port)],
    ])
    expect(await indexed('c-client', transport)).toMatchObject({
      state: 'warning',
      shown: 'warning',
      metric: 97.5,
      description: 'says it',
      tags: ['disk'],
      attributes: { rack: 'r1', 'x-client': 'riemann-c-client' },
      ttl: 600,
    })
    await shown('c-client', transport, 'warning', '97.5', 'disk')
  })
})

needs('riemann-c-client', '/usr/bin/riemann-client')('riemann-client query', () => {
  const query = (text: string, ...flags: readonly string[]) =>
    run('/usr/bin/riemann-client', ['query', text, ...flags, '127.0.0.1', String(hub.port)])
  beforeAll(async () => {
    for (const [service, metric] of [
      ['disk /', '91.5'],
      ['disk /var', '12'],
    ] as const)
      await runToEnd('/usr/bin/riemann-client', [
        ...['send', '-h', 'asked', '-S', service, '-d', metric, '-L', '600', '-t', 'disk', '-a', 'rack=r1'],
        ...['127.0.0.1', String(hub.port)],
      ])
  })

  test('gives events', async () => {
    const asked = query('host = "asked" and service =~ "disk %" and metric > 50')
    expect(await asked.exit).toEqual({ code: 0, signal: null })
    expect(asked.stdout()).toContain('service = disk /\n')
    expect(asked.stdout()).toContain('metric_d = 91.500000')
    expect(asked.stdout()).not.toContain('disk /var')
  })

  test('gives them as JSON, in order', async () => {
    const asked = query('host = "asked" and tagged "disk" order by metric', '-j')
    expect(await asked.exit).toEqual({ code: 0, signal: null })
    expect(JSON.parse(asked.stdout())).toMatchObject([
      { host: 'asked', service: 'disk /var', metric_sint64: 12, ttl: 600, tags: ['disk'] },
      { host: 'asked', service: 'disk /', metric_d: 91.5, attributes: { rack: 'r1' } },
    ])
  })

  test('gives nothing where nothing matches', async () => {
    const asked = query('host = "asked" and service = "none"', '-j')
    expect(await asked.exit).toEqual({ code: 0, signal: null })
    expect(JSON.parse(asked.stdout())).toEqual([])
  })

  test('shows what is wrong', async () => {
    const asked = query('host="asked"')
    expect(await asked.exit).toEqual({ code: 1, signal: null })
    expect(asked.output()).toContain(
      'found "asked"; put spaces around = (column 6)\n  host="asked"\n       ^',
    )
  })
})

needs(
  'ruby-riemann-client',
  '/usr/bin/ruby',
  '/usr/lib/ruby/vendor_ruby/riemann/client.rb',
)('ruby-riemann-client', () => {
  test('over TCP is in the index', async () => {
    const script = `
      require 'riemann/client'
      client = Riemann::Client.new(host: '127.0.0.1', port: ${hub.port}, timeout: 20)
      client.tcp << { host: 'ruby-client', service: 'jobs', state: 'ok', metric: 12, tags: ['batch'], rack: 'r1', ttl: 600 }
      client.tcp << { host: 'ruby-client', service: 'load', metric: 0.25, ttl: 600 }`
    await runToEnd('/usr/bin/ruby', ['-e', script])
    expect(await indexed('ruby-client', 'jobs')).toMatchObject({
      state: 'ok',
      metric: 12,
      tags: ['batch'],
      attributes: { rack: 'r1' },
      ttl: 600,
    })
    expect(await indexed('ruby-client', 'load')).toMatchObject({ state: null, metric: 0.25 })
  })

  test('asks, and gets events or the error, one after another', async () => {
    const script = `
      require 'riemann/client'
      client = Riemann::Client.new(host: '127.0.0.1', port: ${hub.port}, timeout: 20)
      client.tcp << { host: 'ruby-asks', service: 'jobs', metric: 3, ttl: 600, tags: ['batch'] }
      client.tcp << { host: 'ruby-asks', service: 'load', metric: 0.25, ttl: 600 }
      puts client['host = "ruby-asks" order by service'].map { |e| [e.service, e.metric, e.tags].inspect }
      begin
        client['host =']
      rescue Riemann::Client::ServerError => error
        puts error.message
      end
      puts client['host = "ruby-asks" count'].first.metric`
    const asked = run('/usr/bin/ruby', ['-e', script])
    expect(await asked.exit).toEqual({ code: 0, signal: null })
    expect(asked.stdout().split('\n')).toEqual([
      '["jobs", 3, ["batch"]]',
      '["load", 0.25, nil]',
      // The client itself prints this.
      'Failed',
      'the query ends where a field or a value should follow (column 7)',
      '  host =',
      '        ^',
      '2',
      '',
    ])
  })
})

needs(
  'syslog-ng-core syslog-ng-mod-riemann',
  '/usr/sbin/syslog-ng',
  globSync('/usr/lib/syslog-ng/*/libriemann.so')[0] ?? '/usr/lib/syslog-ng/*/libriemann.so',
)('syslog-ng', () => {
  test('has its lines in the index', async () => {
    const directory = await scratch()
    const file = join(directory, 'syslog-ng.conf')
    await writeFile(
      file,
      `@version: current
options { keep_hostname(yes); };
source lines { stdin(); };
destination weir {
  riemann(server("127.0.0.1") port(${hub.port}) host("$HOST") service("syslog/$PROGRAM") state("warning")
    description("$MSG") metric("1") ttl("600") tags("syslog") attributes(pid("$PID")));
};
log { source(lines); destination(weir); };
`,
    )
    const own = ['persist', 'control', 'pid'].map((name) => join(directory, name))
    await runToEnd(
      '/usr/sbin/syslog-ng',
      ['-F', '-e', '--no-caps', '-f', file, '-R', own[0] ?? '', '-c', own[1] ?? '', '-p', own[2] ?? ''],
      { input: '<13>Nov 22 04:06:51 syslog-ng cron[42]: job failed\n' },
    )
    expect(await indexed('syslog-ng', 'syslog/cron')).toMatchObject({
      state: 'warning',
      metric: 1,
      description: 'job failed',
      tags: ['syslog'],
      attributes: { pid: '42' },
    })
  })
})

const [collectdPackages, ...collectdFiles] = COLLECTD
needs(
  `${collectdPackages} ${CHROMIUM[0]}`,
  ...collectdFiles,
  CHROMIUM[1],
)('collectd', () => {
  const plugins = `
LoadPlugin uptime
LoadPlugin load
LoadPlugin cpu
<Plugin cpu>
  ReportByCpu false
  ValuesPercentage true
</Plugin>
`
  const ROADS = {
    write_http: () => writeHttp(`${hub.http}/collectd`),
    write_riemann: () => `
LoadPlugin write_riemann
<Plugin write_riemann>
  <Node "weir">
    Host "127.0.0.1"
    Port ${hub.port}
    Protocol TCP
    BatchFlushTimeout 1
  </Node>
</Plugin>
`,
  }
  test.each(Object.entries(ROADS))('with %s is in the index and on the page', async (road, conf) => {
    await startCollectd({ hostname: road, conf: plugins + conf() })
    for (const [service, attributes] of [
      ['uptime/uptime', { plugin: 'uptime', type: 'uptime', ds_type: 'gauge' }],
      ['load/load/shortterm', { plugin: 'load', type: 'load', ds_name: 'shortterm' }],
      ['cpu/percent-idle', { plugin: 'cpu', type: 'percent', type_instance: 'idle' }],
    ] as const) {
      expect(await indexed(road, service)).toMatchObject({ metric: expect.any(Number), ttl: 2, attributes })
    }
    await shown(road, 'uptime/uptime', 'none')
  })
})

describe('our own', () => {
  test('client is in the index when it is answered', async () => {
    const client = await connect({ port: hub.port, eventHost: 'node-client' })
    await client.send([
      { service: 'api/latency', metric: 0.25, state: 'ok', ttl: 600, tags: ['api'], attributes: { rack: 1 } },
      { service: 'heartbeat', ttl: 600 },
    ])
    expect(await rowOf(hub, 'node-client', 'api/latency')).toMatchObject({
      state: 'ok',
      metric: 0.25,
      tags: ['api'],
      attributes: { rack: '1' },
    })
    expect(await rowOf(hub, 'node-client', 'heartbeat')).toMatchObject({ metric: null, ttl: 600 })
    await client.close()
  })

  test('client over UDP is in the index', async () => {
    const client = await connect({ port: hub.port, transport: 'udp', eventHost: 'node-client' })
    await client.send({ service: 'datagram', metric: 1, ttl: 600 })
    expect(await indexed('node-client', 'datagram')).toMatchObject({ metric: 1 })
    await client.close()
  })

  test('command weir send is in the index when it has ended', async () => {
    const send = run(process.execPath, [
      ...[`${ROOT}server/bin/weir.js`, 'send', '--to', `127.0.0.1:${hub.port}`, '--host', 'command'],
      ...['--service', 'deploy', '--state', 'ok', '--metric', '7', '--tag', 'ci', '--attribute', 'rack=r1'],
    ])
    expect(await send.exit).toEqual({ code: 0, signal: null })
    expect(await rowOf(hub, 'command', 'deploy')).toMatchObject({
      state: 'ok',
      metric: 7,
      tags: ['ci'],
      attributes: { rack: 'r1' },
    })
  })

  describe('command weir query', () => {
    const query = (...args: readonly string[]) =>
      run(process.execPath, [`${ROOT}server/bin/weir.js`, 'query', '--to', `127.0.0.1:${hub.port}`, ...args])
    beforeAll(async () => {
      const client = await connect({ port: hub.port, eventHost: 'queried' })
      await client.send([
        { service: 'b', metric: 1.5, state: 'ok', ttl: 600, tags: ['x'], time: 1_790_000_000_000_000 },
        { service: 'a', state: 'critical', ttl: 600, time: 1_790_000_000_000_000, description: 'two\nlines' },
      ])
      await client.close()
    })

    test('prints a table', async () => {
      const asked = query('host = "queried" order by service')
      expect(await asked.exit).toEqual({ code: 0, signal: null })
      expect(asked.stdout().split('\n')).toEqual([
        'HOST     SERVICE  STATE     METRIC  TIME                 TAGS  DESCRIPTION',
        'queried  a        critical  -       2026-09-21 14:13:20        two lines',
        'queried  b        ok        1.5     2026-09-21 14:13:20  x',
        '',
      ])
    })

    test('prints JSON', async () => {
      const asked = query('--json', 'host = "queried" and metric')
      expect(await asked.exit).toEqual({ code: 0, signal: null })
      expect(
        asked
          .stdout()
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line)),
      ).toEqual([
        {
          ...{ host: 'queried', service: 'b', state: 'ok', metric: 1.5, ttl: 600, tags: ['x'] },
          ...{ attributes: {}, time: '2026-09-21T14:13:20.000Z' },
        },
      ])
    })

    test('asks again, until it is told to stop', async () => {
      const asked = query('--watch', '--json', 'host = "queried" count')
      await asked.printed(/("metric":2.*\n.*){3}/s)
      expect((await asked.stop('SIGINT')).signal).toBe('SIGINT')
    })

    test.each([
      [['host = "nobody"'], 0, 'nothing matches\n'],
      [
        ['metric>1'],
        0,
        "weir query: 'metric>1' is read as the name of a field, as there are no spaces around >\n",
      ],
      [['metric >1'], 1, 'put spaces around > (column 8)\n  metric >1\n         ^\n'],
      [[], 2, 'weir query: takes one query, in quotes for the shell; see --help\n'],
      [['host', '=', 'nil'], 2, 'weir query: takes one query, in quotes for the shell; see --help\n'],
    ])('%j ends with %i', async (args, code, output) => {
      const asked = query(...args)
      expect(await asked.exit).toEqual({ code, signal: null })
      expect(asked.output()).toContain(output)
    })
  })
})
