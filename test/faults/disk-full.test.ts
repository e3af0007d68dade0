import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type Client, connect } from 'weir-client'
import { startHub, type TestHub } from '../hub.ts'
import { rowOf, snapshotOf } from '../live.ts'
import { eventually, provided, scratch } from '../real/processes.ts'
import { type SlackStandIn, startSlackStandIn } from '../slack-stand-in.ts'
import { mountProblem, type SmallDisk, smallDisk } from './small-disk.ts'

const ROOT = new URL('../../', import.meta.url).pathname
const MIB = 1024 * 1024
/** The hub's reserve, and as much again. */
const DISK_BYTES = 32 * MIB
/** How long a hub may take to find that there is room again. */
const AGAIN_MS = 90_000
const REFUSED = expect.objectContaining({ message: expect.stringContaining('evaluated, not recorded') })

const CONFIG = `
import { alert, by, config, rule } from 'weir-hub'
import { ops } from '${ROOT}config/destinations.ts'
import { indexAll } from '${ROOT}config/rules/index.ts'

const alarm = rule('alarm', {
  match: { service: 'alarm-*' },
  stream: by(
    'service',
    alert({ summary: (e) => e.service + ' is ' + e.state, notify: [ops], group: { wait: '200ms' } }),
  ),
})

export default config({
  name: 'hub-1',
  listen: { riemann: '127.0.0.1:0', http: '127.0.0.1:0' },
  rules: [indexAll, alarm],
})
`

/** A hub whose data is on a small disk of its own, and the Slack stand-in that it tells. */
class Desk {
  readonly slack: SlackStandIn
  readonly disk: SmallDisk
  readonly data: string
  readonly #dir: string
  hub: TestHub
  client: Client

  private constructor(dir: string, slack: SlackStandIn, disk: SmallDisk, hub: TestHub, client: Client) {
    this.#dir = dir
    this.slack = slack
    this.disk = disk
    this.hub = hub
    this.client = client
    this.data = disk.seen(join(dir, 'data'))
  }

  static async open(): Promise<Desk> {
    const slack = await startSlackStandIn()
    const dir = await scratch()
    const disk = await smallDisk(join(dir, 'data'), DISK_BYTES)
    const desk = new Desk(dir, slack, disk, ...(await Desk.#start(dir, slack, disk)))
    onTestFinished(async () => {
      await desk.client.close()
      await slack.close()
    })
    return desk
  }

  static async #start(dir: string, slack: SlackStandIn, disk: SmallDisk): Promise<[TestHub, Client]> {
    const env = { SLACK_WEBHOOK_URL: slack.url }
    const hub = await startHub({ dir, config: CONFIG, env, through: disk.through })
    return [hub, await connect({ port: hub.port, eventHost: 'web-1' })]
  }

  /** `meanwhile` happens to the dead hub. */
  async killAndStart(meanwhile: () => void = () => {}): Promise<void> {
    await this.client.close()
    await this.hub.process.stop('SIGKILL')
    meanwhile()
    const [hub, client] = await Desk.#start(this.#dir, this.slack, this.disk)
    this.hub = hub
    this.client = client
  }

  send(service: string, state = 'ok'): Promise<void> {
    return this.client.send({ service, state, ttl: 86_400 })
  }

  /** Sends until the hub says that it does not record: the file that it writes has some room yet. */
  async sendUntilRefused(): Promise<number> {
    for (let sent = 0; ; sent++) {
      try {
        await this.send(`job-${sent}`)
      } catch (error) {
        expect(error).toEqual(REFUSED)
        return sent + 1
      }
      expect(sent).toBeLessThan(10_000)
    }
  }

  /** Waits for so many messages in Slack, and gives what they say of which alarm. */
  async told(count: number, within?: number): Promise<readonly string[]> {
    await eventually(() => this.slack.texts().length >= count, `${count} messages in Slack`, within)
    return this.slack
      .texts()
      .map((text) => /(resolved|critical).*(alarm-\d)/.exec(text)?.slice(1).join(' ') ?? text)
  }

  async health(): Promise<{
    readonly status: string
    readonly degraded: { readonly reason: string } | null
  }> {
    return JSON.parse(await (await fetch(`${this.hub.http}/healthz`)).text())
  }

  /** Waits until the hub records. */
  async recording(): Promise<void> {
    await eventually(async () => (await this.health()).status === 'ok', 'the hub records again', AGAIN_MS)
  }
}

provided(mountProblem())('a full disk under the hub', () => {
  test('is said, and alerts are told; when there is room again it records, and a kill after that loses nothing', async () => {
    const desk = await Desk.open()
    await desk.send('alarm-0', 'critical')
    expect(await desk.told(1)).toEqual(['critical alarm-0'])
    expect(await desk.health()).toMatchObject({ status: 'ok', degraded: null })

    desk.disk.fill()
    const jobs = await desk.sendUntilRefused()
    expect(await desk.health()).toMatchObject({
      status: 'degraded',
      degraded: { reason: expect.stringContaining('ENOSPC') },
    })
    await eventually(
      async () => (await rowOf(desk.hub, 'hub-1', 'weir/journal'))?.state === 'critical',
      'the page says so',
    )
    await expect(desk.send('alarm-1', 'critical')).rejects.toEqual(REFUSED)
    expect(await desk.told(2)).toEqual(['critical alarm-0', 'critical alarm-1'])

    desk.disk.free()
    await desk.recording()
    await desk.send('alarm-2', 'critical')
    await desk.told(3)

    await desk.killAndStart()
    const { rows, alerts } = await snapshotOf(desk.hub)
    const services = rows.filter(({ host }) => host === 'web-1').map(({ service }) => service)
    const expected = [
      ...['alarm-0', 'alarm-1', 'alarm-2'],
      ...Array.from({ length: jobs }, (_, job) => `job-${job}`),
    ]
    expect(services.toSorted()).toEqual(expected.toSorted())
    expect(alerts.map(({ summary }) => summary).toSorted()).toEqual(
      [0, 1, 2].map((n) => `alarm-${n} is critical`),
    )
    expect((await rowOf(desk.hub, 'hub-1', 'weir/journal'))?.state).toBe('ok')
    await desk.send('alarm-1')
    expect(await desk.told(4)).toEqual([
      ...['critical alarm-0', 'critical alarm-1', 'critical alarm-2'],
      'resolved alarm-1',
    ])
    expect(readdirSync(join(desk.data, 'checkpoints')).filter((name) => !name.endsWith('.jsonl'))).toEqual([])
  })

  test('to the last byte: alerts are told all the same, also by a hub that starts there', async () => {
    const desk = await Desk.open()
    await desk.send('alarm-0', 'critical')
    await desk.told(1)
    // That it was sent is written down.
    await desk.hub.process.printed(/sent message/)
    desk.disk.fill()
    await desk.sendUntilRefused()
    // The reserve is gone, too.
    desk.disk.fill()
    await expect(desk.send('alarm-1', 'critical')).rejects.toEqual(REFUSED)
    const told = ['critical alarm-0', 'critical alarm-1']
    expect(await desk.told(2)).toEqual(told)

    await desk.killAndStart()
    expect((await desk.health()).status).toBe('degraded')
    expect((await snapshotOf(desk.hub)).alerts.map(({ summary }) => summary)).toEqual(['alarm-0 is critical'])
    await expect(desk.send('alarm-2', 'critical')).rejects.toEqual(REFUSED)
    await desk.hub.process.printed(/the tables of alerts and messages can't be written/)

    expect(await desk.told(3)).toEqual([...told, 'critical alarm-2'])

    desk.disk.free()
    await desk.recording()
    await desk.send('alarm-0')
    expect((await desk.told(4)).at(-1)).toBe('resolved alarm-0')
    await desk.killAndStart()
    await desk.send('alarm-2')
    expect((await desk.told(5)).slice(2)).toEqual([
      'critical alarm-2',
      'resolved alarm-0',
      'resolved alarm-2',
    ])
  })
})

provided(mountProblem())('a disk under the hub that can only be read', () => {
  test('it starts, knows what it knew, tells what fires, each once, and says that nothing is recorded', async () => {
    const desk = await Desk.open()
    await desk.send('alarm-0', 'critical')
    await desk.told(1)
    await desk.hub.process.printed(/sent message/)
    await desk.send('job-0')
    await desk.killAndStart(() => desk.disk.readOnly(true))
    await desk.hub.process.printed(/^READ-ONLY: .*data can't be written/m)
    expect(await desk.health()).toMatchObject({
      status: 'degraded',
      degraded: { reason: expect.stringContaining('EROFS') },
    })
    const { rows, alerts } = await snapshotOf(desk.hub)
    expect(rows.filter(({ host }) => host === 'web-1').map(({ service }) => service)).toEqual(
      expect.arrayContaining(['alarm-0', 'job-0']),
    )
    expect(alerts.map(({ summary }) => summary)).toEqual(['alarm-0 is critical'])
    await expect(desk.send('alarm-1', 'critical')).rejects.toEqual(REFUSED)
    await desk.told(2)
    await expect(desk.send('alarm-0')).rejects.toEqual(REFUSED)
    expect(await desk.told(3)).toEqual(['critical alarm-0', 'critical alarm-1', 'resolved alarm-0'])

    desk.disk.readOnly(false)
    const again = /could only be read when the hub was started; once it can be written, start the hub again/
    await eventually(() => again.test(desk.hub.process.output()), 'it says what to do', AGAIN_MS)
    expect(desk.hub.process.output()).not.toContain('reserve')
    await desk.killAndStart()
    expect((await desk.health()).status).toBe('ok')
    expect((await snapshotOf(desk.hub)).alerts.map(({ summary }) => summary)).toEqual(['alarm-0 is critical'])
    await desk.send('alarm-0')
    expect((await desk.told(4)).at(-1)).toBe('resolved alarm-0')
  })
})
