import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { connect } from 'weir-client'
import type { Snapshot } from 'weir-hub/live'
import { startHub, type TestHub } from '../hub.ts'
import { snapshotOf } from '../live.ts'
import { eventually, scratch } from '../real/processes.ts'
import { startSlackStandIn } from '../slack-stand-in.ts'

const ROOT = new URL('../../', import.meta.url).pathname
const ROUNDS = [0, 1, 2, 3, 4]
const SENDERS = ['app-0', 'app-1', 'app-2', 'app-3']
/** How many messages a sender has on their way at once. */
const WINDOW = 8

const CONFIG = `
import { alert, by, config, rule } from 'weir-hub'
import { ops } from '${ROOT}config/destinations.ts'
import { indexAll } from '${ROOT}config/rules/index.ts'

const alarm = rule('alarm', {
  match: { service: 'alarm-*' },
  stream: by('service', alert({ summary: (e) => e.service + ' is ' + e.state, notify: [ops], group: { wait: '1s' } })),
})

export default config({
  name: 'hub-1',
  listen: { riemann: '127.0.0.1:0', http: '127.0.0.1:0' },
  rules: [indexAll, alarm],
})
`

/** What there was to see at the end of a run. */
interface Outcome {
  /** `HOST SERVICE` of each event that was acknowledged. */
  readonly acknowledged: readonly string[]
  readonly snapshot: Snapshot
  /** The texts of Slack's messages, without times. */
  readonly messages: readonly string[]
}

/** Sends events, each of a service of its own, until `done`; what was not acknowledged is sent again. */
async function sendAllTheTime(host: string, hub: () => TestHub, done: () => boolean): Promise<string[]> {
  const acknowledged: string[] = []
  let count = 0
  let waiting: string[] = []
  while (!done() || waiting.length > 0) {
    try {
      await using client = await connect({ port: hub().port, eventHost: host, reconnect: false })
      for (let lost = false; !lost && (!done() || waiting.length > 0); ) {
        while (!done() && waiting.length < WINDOW) waiting.push(`job-${count++}`)
        const answers = await Promise.allSettled(
          waiting.map((service) => client.send({ service, ttl: 3600 })),
        )
        const isAcknowledged = (_: string, n: number) => answers[n]?.status === 'fulfilled'
        acknowledged.push(...waiting.filter(isAcknowledged).map((service) => `${host} ${service}`))
        lost = acknowledged.length < count
        waiting = waiting.filter((service, n) => !isAcknowledged(service, n))
        await pause(20)
      }
    } catch {
      // The hub is being started again.
      await pause(20)
    }
  }
  return acknowledged
}

/**
 * Each round raises an alarm and calls off that of the round before. With `kills`, the hub is killed either as soon as
 * that is acknowledged, before Slack is told, or while Slack has not answered yet; and started again.
 */
async function play({ kills }: { readonly kills: boolean }): Promise<Outcome> {
  const slack = await startSlackStandIn()
  onTestFinished(() => slack.close())
  const options = { dir: await scratch(), config: CONFIG, env: { SLACK_WEBHOOK_URL: slack.url } }
  let hub = await startHub(options)
  let done = false
  const senders = SENDERS.map((host) =>
    sendAllTheTime(
      host,
      () => hub,
      () => done,
    ),
  )
  for (const round of ROUNDS) {
    const asked = slack.requests.length
    const unanswered = kills && round % 2 === 1
    if (unanswered) slack.answer('hang')
    await using client = await connect({ port: hub.port, eventHost: 'web-1', reconnect: false })
    const calledOff = round === 0 ? [] : [{ service: `alarm-${round - 1}`, state: 'ok', ttl: 3600 }]
    await client.send([{ service: `alarm-${round}`, state: 'critical', ttl: 3600 }, ...calledOff])
    if (unanswered) await eventually(() => slack.requests.length > asked, 'a request to Slack')
    if (kills) {
      await hub.process.stop('SIGKILL')
      hub = await startHub(options)
    }
    await eventually(async () => {
      const { alerts } = await snapshotOf(hub)
      return alerts.length === 1 && alerts[0]?.told === 'told'
    }, `round ${round} told to Slack`)
  }
  done = true
  const acknowledged = (await Promise.all(senders)).flat()
  const messages = slack.texts().map((text) => text.replace(/, since .*/, ''))
  return { acknowledged, messages, snapshot: await snapshotOf(hub) }
}

describe('a hub that is killed again and again while it is being sent to', () => {
  test('has every event that it acknowledged, and tells Slack what a hub does that is not killed', {
    timeout: 90_000,
  }, async () => {
    const [killed, calm] = await Promise.all([play({ kills: true }), play({ kills: false })])

    const { rows, hub } = killed.snapshot
    const alarms = ROUNDS.map((round) => `web-1 alarm-${round}`)
    const expected = [...killed.acknowledged, ...alarms]
    expect(new Set(expected).size).toBe(expected.length)
    expect(killed.acknowledged.length).toBeGreaterThan(200)
    // Besides them there is what the hub says of its last restart.
    const restart = 'hub-1 weir/restart'
    const names = rows.map(({ host, service }) => `${host} ${service}`)
    expect(names.toSorted()).toEqual([...expected, restart].toSorted())
    expect(hub.indexed).toBe(expected.length + 1)

    expect(killed.messages).toEqual(calm.messages)
    expect(calm.messages).toHaveLength(ROUNDS.length)
    const openOf = ({ alerts }: Snapshot) =>
      alerts.map(({ key, status, severity }) => [key, status, severity])
    expect(openOf(killed.snapshot)).toEqual([[['alarm-4'], 'firing', 'critical']])
    expect(openOf(killed.snapshot)).toEqual(openOf(calm.snapshot))
  })
})
