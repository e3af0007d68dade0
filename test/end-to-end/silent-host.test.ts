import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { connect, type EventInput } from 'weir-client'
import { startHub, type TestHub } from '../hub.ts'
import { readings, rowOf, snapshotOf } from '../live.ts'
import { COLLECTD, startCollectd, writeHttp } from '../real/collectd.ts'
import { eventually, needs, scratch } from '../real/processes.ts'
import { type SlackStandIn, startSlackStandIn } from '../slack-stand-in.ts'

const ROOT = new URL('../../', import.meta.url).pathname

/** The shipped rule, whose messages wait one second instead of five for others to join them. */
const CONFIG = `
import { alert, by, config, isExpired, map, rule } from 'weir-hub'
import { ops } from '${ROOT}config/destinations.ts'
import { indexAll } from '${ROOT}config/rules/index.ts'

const hostDown = rule('host down', {
  match: { service: ['uptime/uptime', 'heartbeat'] },
  stream: by(
    ['host', 'service'],
    map((event) => ({ ...event, state: isExpired(event) ? 'critical' : 'ok' })),
    alert({
      summary: (e) => e.host + (e.state === 'critical' ? ': nothing heard' : ': heard again'),
      notify: [ops],
      group: { wait: '1s' },
    }),
  ),
})

export default config({
  name: 'hub-1',
  listen: { riemann: '127.0.0.1:0', http: '127.0.0.1:0' },
  rules: [indexAll, hostDown],
})
`

/** A host is down when nothing is heard for twice this long, in seconds: a busy machine is not that late. */
const INTERVAL = 5

let slack: SlackStandIn
let hub: TestHub
beforeEach(async () => {
  slack = await startSlackStandIn()
  onTestFinished(() => slack.close())
  hub = await startHub({ dir: await scratch(), config: CONFIG, env: { SLACK_WEBHOOK_URL: slack.url } })
})

needs(...COLLECTD)('a host with collectd', () => {
  test('that falls silent is told to Slack once, and once when it is back', { timeout: 60_000 }, async () => {
    const conf = `LoadPlugin uptime\n${writeHttp(`${hub.http}/collectd`)}`
    const { running } = await startCollectd({ conf, hostname: 'web-1', interval: INTERVAL })
    await eventually(() => rowOf(hub, 'web-1', 'uptime/uptime'), 'web-1 in the index')
    expect(slack.requests).toEqual([])

    await running.stop('SIGKILL')
    await eventually(() => slack.texts().length > 0, 'a message in Slack')
    expect(slack.texts()).toEqual([
      expect.stringMatching(/host down: critical: web-1: nothing heard, since \d/),
    ])
    const { rows, alerts } = await eventually(async () => {
      const snapshot = await snapshotOf(hub)
      return snapshot.alerts[0]?.told === 'told' && snapshot
    }, 'that the hub knows of it')
    expect(rows).toEqual([])
    expect(alerts).toMatchObject([{ host: 'web-1', status: 'firing', severity: 'critical' }])

    await startCollectd({ conf, hostname: 'web-1', interval: INTERVAL })
    await eventually(() => slack.texts().length > 1, 'that it is back')
    expect(slack.texts().slice(1)).toEqual([
      expect.stringMatching(/host down: resolved after .* was critical: web-1: heard again/),
    ])
    await readings(hub, 'web-1', 'uptime/uptime', 2)
    expect((await snapshotOf(hub)).alerts).toEqual([])
    expect(slack.requests).toHaveLength(2)
  })
})

describe('half of a fleet', () => {
  const heartbeats = (name: string, ttl: (n: number) => number): EventInput[] =>
    Array.from({ length: 30 }, (_, n) => ({ host: `${name}-${n}`, service: 'heartbeat', ttl: ttl(n) }))

  test('that falls silent within a second is one message, which names them', {
    timeout: 60_000,
  }, async () => {
    const client = await connect({ port: hub.port })
    onTestFinished(() => client.close())
    await client.send([...heartbeats('db', () => 600), ...heartbeats('web', (n) => 2 + n / 30)])
    expect((await snapshotOf(hub)).hub.indexed).toBe(60)

    await eventually(() => slack.texts().length > 0, 'a message in Slack')
    expect(slack.texts()).toEqual([
      expect.stringMatching(/host down: 30 hosts critical: web-0, web-1, web-2, web-3, .* and \d+ more/),
    ])
    expect((await snapshotOf(hub)).alerts.map(({ host }) => host).sort()).toEqual(
      heartbeats('web', () => 0)
        .map(({ host }) => host)
        .sort(),
    )

    await client.send(heartbeats('web', () => 600))
    await eventually(() => slack.texts().length > 1, 'that they are back')
    expect(slack.texts().slice(1)).toEqual([expect.stringMatching(/host down: 30 hosts resolved: web-0, /)])
    const { hub: figures, alerts } = await snapshotOf(hub)
    expect([figures.indexed, alerts]).toEqual([60, []])
    expect(slack.requests).toHaveLength(2)
  })
})
