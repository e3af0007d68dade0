import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import Fastify from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSampler, readThisHost } from 'weir-client/sampler'
import { decodeMsg, type Event, encodeFrame, encodeMsg, FrameReader } from 'weir-protocol'
import { httpRoutes } from '../../server/src/ingest/http-routes.ts'
import type { Intake } from '../../server/src/ingest/intake.ts'
import { COLLECTD, startCollectd } from './collectd.ts'
import { eventually, needs } from './processes.ts'

const CONF = (http: number, riemann: number) => `
LoadPlugin cpu
LoadPlugin load
LoadPlugin memory
LoadPlugin df
LoadPlugin disk
LoadPlugin interface
LoadPlugin swap
LoadPlugin uptime
LoadPlugin threshold
LoadPlugin unixsock
LoadPlugin write_http
LoadPlugin write_riemann
<Plugin cpu>
  ReportByCpu false
  ValuesPercentage true
</Plugin>
<Plugin memory>
  ValuesPercentage true
</Plugin>
<Plugin df>
  ValuesPercentage true
</Plugin>
<Plugin unixsock>
  SocketFile "@DIR@/socket"
</Plugin>
<Plugin threshold>
  <Type "uptime">
    WarningMax 0.5
  </Type>
  <Plugin "df">
    <Type "percent_bytes">
      FailureMax -1
    </Type>
  </Plugin>
  <Plugin "interface">
    <Type "if_octets">
      DataSource "rx"
      WarningMin -1
      FailureMax -1
    </Type>
  </Plugin>
</Plugin>
<Plugin write_http>
  <Node "weir">
    URL "http://127.0.0.1:${http}/collectd"
    Format "JSON"
    StoreRates true
    BufferSize 1024
    Notifications true
  </Node>
</Plugin>
<Plugin write_riemann>
  <Node "weir">
    Host "127.0.0.1"
    Port ${riemann}
    Protocol TCP
    Batch true
    BatchFlushTimeout 1
  </Node>
</Plugin>
`

/** What is told to collectd by hand, twice, so that counters have a rate. */
const COMMANDS = (round: number) => `
PUTVAL "web-1.example/myapp/gauge-plain" interval=10 N:7
PUTVAL "web-1.example/myapp-inst 1/gauge-a-b" interval=10 N:1.5e300
PUTVAL "web-1.example/myapp/gauge-nan" interval=10 N:nan
PUTVAL "web-1.example/myapp/derive-jobs" interval=1 N:${100 * round}
PUTVAL "web-1.example/myapp/counter-old" interval=1 N:${4294967290 + round}
PUTVAL "web-1.example/myapp/absolute-abs" interval=1 N:50
PUTVAL "other.example/myapp-x/load" interval=0.5 N:0.1:U:0.3
PUTNOTIF message="quoted \\"text\\" \\\\ ü" severity=failure time=1700000000 host=web-1.example plugin=myapp type=gauge type_instance=probe s:who=alice
PUTNOTIF message="bare" severity=okay time=1700000001.5
`

const EXPECTED = [
  'cpu/percent-idle',
  'df-root/percent_bytes-free',
  'interface-lo/if_octets/rx',
  'load/load/shortterm',
  'memory/percent-used',
  'myapp-inst 1/gauge-a-b',
  'myapp-x/load/longterm',
  'myapp/absolute-abs',
  'myapp/counter-old',
  'myapp/derive-jobs',
  'uptime/uptime',
]

needs(...COLLECTD)('the two roads of a real collectd', () => {
  const byHttp: Event[] = []
  const byRiemann: Event[] = []
  afterAll(() => Promise.all(closers.map((close) => close())))

  beforeAll(async () => {
    const { directory } = await startCollectd({
      conf: CONF(await listenHttp(byHttp), await listenRiemann(byRiemann)),
    })
    const socket = join(directory, 'socket')
    for (const round of [1, 2, 3]) {
      await eventually(() => tell(socket, COMMANDS(round)), 'collectd to listen')
      // Its writers take the rate as it is when they write: a next round before that would show one of them another.
      await eventually(
        () => written(byHttp, round) && written(byRiemann, round),
        `round ${round} by both roads`,
      )
    }
    // write_riemann sends NaN where write_http sends null; both have no metric here, and those of write_http are skipped.
    const converged = () => {
      const [http, riemann] = [names(byHttp), names(byRiemann)]
      return EXPECTED.every((service) => heard(service)) && JSON.stringify(http) === JSON.stringify(riemann)
    }
    const heard = (service: string) => values(byHttp).some((event) => event.service === service)
    // Where they never are the same, the first test shows how they differ.
    await eventually(converged, 'the same services by both roads').catch(() => {})
  })

  test('give the same hosts, services, attributes and ttls', () => {
    const http = names(byHttp)
    expect(http).toEqual(names(byRiemann))
    const services = values(byHttp).map(({ service }) => service)
    expect(services).toEqual(expect.arrayContaining(EXPECTED))
    expect(services).not.toContain('myapp/gauge-nan')
    expect(services).not.toContain('myapp-x/load/midterm')
  })

  test('give the same metrics at the same times', () => {
    const services = new Set(values(byHttp).map(({ service }) => service))
    const different = [...services].filter((service) => {
      const event = values(byHttp).find((event) => event.service === service)
      return !values(byRiemann).some((other) => event !== undefined && same(event, other))
    })
    expect(different).toEqual([])
  })

  test('give the same notifications', async () => {
    const told = (events: readonly Event[]) =>
      events
        .filter(({ tags }) => tags.includes('notification'))
        .map(({ host, service, state, metric, time, ttl, tags, attributes }) => ({
          ...{ host, service, state, time, ttl, tags, metric: metric?.toPrecision(12) },
          attributes: Object.entries(attributes).sort(),
        }))
    const services = () => new Set(told(byHttp).map(({ service }) => service))
    await eventually(() => services().has('interface-lo/if_octets'), 'a notification about an interface')
    expect([...services()]).toEqual(
      expect.arrayContaining(['/', 'df-root/percent_bytes-free', 'myapp/gauge-probe', 'uptime/uptime']),
    )
    for (const notification of told(byHttp)) {
      await eventually(
        () => told(byRiemann).some((other) => JSON.stringify(other) === JSON.stringify(notification)),
        `by write_riemann too: ${JSON.stringify(notification)}`,
      )
    }
  })

  test('and thisHost() has no names and attributes but theirs', async () => {
    let now = 0
    const sampler = createSampler({ read: readThisHost, now: () => now, host: 'web-1.example' })
    await sampler.sample()
    now = 10_000_000
    const sampled = names(await sampler.sample(), () => undefined)
    expect(sampled.length).toBeGreaterThan(30)
    expect(names(byHttp, () => undefined)).toEqual(expect.arrayContaining(sampled))
  })
})

const closers: (() => unknown)[] = []

/** What is told by hand; a counter has its first rate in the second round. */
const GAUGES = ['myapp-inst 1/gauge-a-b', 'myapp-x/load/longterm']
const COUNTERS = ['myapp/derive-jobs', 'myapp/counter-old', 'myapp/absolute-abs']

function written(events: readonly Event[], round: number): boolean {
  const times = (service: string) => values(events).filter((event) => event.service === service).length
  return (
    GAUGES.every((service) => times(service) >= round) &&
    COUNTERS.every((service) => times(service) >= round - 1)
  )
}

const values = (events: readonly Event[]) =>
  events.filter(({ metric, tags }) => metric !== undefined && !tags.includes('notification'))

/** What each value is called, once and sorted. */
function names(events: readonly Event[], ttlOf: (event: Event) => unknown = ({ ttl }) => ttl): string[] {
  const name = (event: Event) =>
    JSON.stringify([event.host, event.service, ttlOf(event), Object.entries(event.attributes).sort()])
  return [...new Set(values(events).map(name))].sort()
}

/** write_http rounds the time to milliseconds and writes 15 digits. */
function same(one: Event, other: Event): boolean {
  const [a, b] = [one.metric ?? Number.NaN, other.metric ?? Number.NaN]
  return (
    one.host === other.host &&
    one.service === other.service &&
    Math.abs(one.time - other.time) <= 500 &&
    Math.abs(a - b) <= 1e-14 * Math.abs(b)
  )
}

async function listenHttp(events: Event[]): Promise<number> {
  const intake: Intake = {
    submit(_, msg, done = () => {}) {
      events.push(...decodeMsg(msg, 0).events)
      done({ ok: true })
    },
    rejected: (_, reason) => {
      if (reason !== 'no-value') throw new Error(reason)
    },
    now: () => 0,
  }
  const app = Fastify({ forceCloseConnections: true })
  await app.register(httpRoutes, { intake })
  closers.push(() => app.close())
  return Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port)
}

async function listenRiemann(events: Event[]): Promise<number> {
  const server = createServer((socket) => {
    const frames = new FrameReader()
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) =>
      frames.push(chunk, (payload) => {
        events.push(...decodeMsg(payload, 0).events)
        socket.write(encodeFrame(encodeMsg({ ok: true })))
      }),
    )
  })
  closers.push(() => server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Gives commands to collectd's unixsock plugin, and waits for its answers. */
function tell(socket: string, commands: string): Promise<true> {
  const lines = commands.trim().split('\n')
  return new Promise((resolve, reject) => {
    let answered = ''
    const connection = connect(socket).setEncoding('utf8')
    connection.on('error', reject)
    connection.on('data', (text) => {
      answered += text
      const answers = answered.match(/^-?\d+ .*$/gm) ?? []
      if (answers.length < lines.length) return
      const failed = answers.filter((answer) => !answer.startsWith('0 '))
      connection.end()
      if (failed.length > 0) reject(new Error(failed.join('\n')))
      else resolve(true)
    })
    connection.write(`${lines.join('\n')}\n`)
  })
}
