import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { encodeFrame, encodeMsg, makeEvent } from 'weir-protocol'
import { DrivenHub } from '../driven-hub.ts'
import { startHub } from '../hub.ts'
import { scratch } from '../real/processes.ts'
import { startSlackStandIn } from '../slack-stand-in.ts'

const BEGIN = '2026-03-28T12:00:00Z'
const T0 = Date.parse(BEGIN) * 1000
const SECOND = 1_000_000
const HOUR = 3600 * SECOND

function frame(n: number, time: number): Uint8Array {
  const events = [
    makeEvent({ host: 'web-1', service: 'uptime/uptime', ttl: 60, time, attributes: { n: String(n) } }),
  ]
  return encodeFrame(encodeMsg({ events }))
}

test('time stands until it is moved; then what falls due is told, and answered once it is', async () => {
  const slack = await startSlackStandIn()
  onTestFinished(() => slack.close())
  const dir = await scratch()
  const options = { dir, args: ['--time', BEGIN], env: { SLACK_WEBHOOK_URL: slack.url } }
  const hub = await DrivenHub.start(options)
  expect(hub.output).toContain('THE CLOCK IS DRIVEN: it stands at 2026-03-28T12:00:00.000Z')
  expect(await (await fetch(`${hub.hub.http}/healthz`)).json()).toMatchObject({ clock: 'driven' })
  expect(statSync(join(dir, 'data', 'clock.sock')).mode & 0o777).toBe(0o600)

  await hub.send([frame(1, T0)])
  await hub.advance(T0 + 50 * SECOND)
  expect(slack.texts()).toEqual([])
  await hub.advance(T0 + 50 * HOUR)
  expect(slack.texts()).toEqual([expect.stringContaining('web-1: nothing heard')])
  expect(hub.output).not.toContain('stood still')
  await expect(hub.advance(T0)).rejects.toThrow('time does not go back')

  await hub.send([frame(2, T0), frame(3, T0)])
  hub.kill()
  await hub.gone()
  const again = await DrivenHub.start(options)
  expect(await again.journaled('n')).toMatchObject({ arrival: T0 + 50 * HOUR, value: '3' })
  expect(again.output).toContain('restarted, was away 0s, 0 expiries held back')
  await again.advance(T0 + 51 * HOUR)
  expect(slack.texts().slice(1)).toEqual([
    expect.stringContaining('web-1: heard again'),
    expect.stringContaining('web-1: nothing heard'),
  ])
  expect(await again.stop()).toBe(0)
})

const OPEN = `
import { config } from 'weir-hub'
export default config({ listen: { riemann: '127.0.0.1:0', http: '127.0.0.1:0', proxied: '0.0.0.0:0' }, rules: [] })
`

test.each<{
  readonly when: string
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly config?: string
  readonly before?: (data: string) => void
  readonly says: string
}>([
  { when: 'it is not asked for twice', env: {}, says: 'set WEIR_TEST_CLOCK=1' },
  {
    when: 'others can reach the hub',
    config: OPEN,
    env: { WEIR_TEST_CLOCK: '1', WEIR_TOKEN: 'secret' },
    says: 'proxied 0.0.0.0:0 is not a loopback address',
  },
  {
    when: 'the data is real',
    before: (dir) => writeFileSync(join(dir, 'weir.db'), ''),
    says: 'holds the data of a hub with a real clock',
  },
  {
    when: 'the time is none',
    args: ['--clock', 'driven', '--time', 'noon'],
    says: '--time noon: write it as',
  },
  { when: 'the clock is none', args: ['--clock', 'sundial'], says: "there is no clock 'sundial'" },
  { when: 'only its time is named', args: ['--time', BEGIN], says: '--time goes with --clock driven' },
])('it is refused when $when', async ({ args, env, config, before, says }) => {
  const dir = await scratch()
  const data = await scratch()
  before?.(data)
  const files = readdirSync(data)
  const started = startHub({
    dir,
    args: [...(args ?? ['--clock', 'driven']), '--data', data],
    env: { ...(env ?? { WEIR_TEST_CLOCK: '1' }) },
    ...(config === undefined ? {} : { config }),
  })
  await expect(started).rejects.toThrow(says)
  expect(readdirSync(data)).toEqual(files)
})

test('data of a driven hub is refused to a hub with a real clock', async () => {
  const dir = await scratch()
  const hub = await DrivenHub.start({ dir })
  await hub.stop()
  await expect(startHub({ dir })).rejects.toThrow('is that of a hub whose clock was driven by a test')
})
