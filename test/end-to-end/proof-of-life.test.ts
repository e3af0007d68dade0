import { createServer } from 'node:http'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { startHub, type TestHub } from '../hub.ts'
import { eventually, run, scratch } from '../real/processes.ts'
import { type SlackStandIn, startSlackStandIn } from '../slack-stand-in.ts'

const ROOT = new URL('../../', import.meta.url).pathname
const WEIR = join(ROOT, 'server/src/cli/weir.ts')

const CONFIG = `
import { config, selfProbe } from 'weir-hub'
import { diskFull } from '${ROOT}config/rules/disk.ts'
import { hostDown } from '${ROOT}config/rules/host.ts'
import { proofOfLife } from '${ROOT}config/rules/hub.ts'
import { indexAll } from '${ROOT}config/rules/index.ts'

export default config({
  name: 'hub-1',
  listen: { riemann: '127.0.0.1:0', http: '127.0.0.1:0' },
  inputs: [selfProbe({ interval: '1s' })],
  rules: [indexAll, diskFull, hostDown, proofOfLife],
})
`

let dir: string
let slack: SlackStandIn
let hub: TestHub
/** What the watcher outside was asked. */
const asked: string[] = []

beforeEach(async () => {
  const watcher = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    response.end('OK')
  })
  await new Promise<void>((resolve) => watcher.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void watcher.close())
  const address = watcher.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  slack = await startSlackStandIn()
  onTestFinished(() => slack.close())
  dir = await scratch()
  const env = { SLACK_WEBHOOK_URL: slack.url, WEIR_HEARTBEAT_URL: `http://127.0.0.1:${port}/ping/hub-1` }
  hub = await startHub({ dir, config: CONFIG, env })
})

async function weir(...args: readonly string[]) {
  const ran = run(process.execPath, [WEIR, ...args, '--data', join(dir, 'data')])
  const { code } = await ran.exit
  return { code, out: ran.output() }
}

test('a watcher outside is pinged while events go through the rules, and a fire drill reaches Slack', {
  timeout: 120_000,
}, async () => {
  expect(hub.process.output()).toMatch(/destination heartbeat: GET of 127\.0\.0\.1:\d+\n/)
  await eventually(() => asked.length >= 3, 'three pings')
  expect(new Set(asked)).toEqual(new Set(['GET /ping/hub-1']))
  expect(slack.texts()).toEqual([])
  expect(hub.process.output()).not.toContain('heartbeat: sent')

  expect(await weir('drill', 'disk full', '--host', 'db-7', '--who', 'kim')).toEqual({
    code: 0,
    out: [
      "the drill of 'disk full' on db-7 fires",
      '  ops was told',
      'the drill is over',
      '  ops was told',
      '',
    ].join('\n'),
  })
  expect(slack.texts()).toEqual([
    expect.stringContaining("DRILL by kim: 'disk full' on db-7 does not really fire"),
    expect.stringContaining("DRILL: 'disk full' on db-7 is over"),
  ])
  expect((await weir('alerts')).out).toBe('nothing is firing\n')

  await weir('silence', '--host', 'db-7', '--why', 'moved')
  expect(await weir('drill', 'disk full', '--host', 'db-7')).toEqual({
    code: 1,
    out: expect.stringMatching(/ {2}nobody is told: silence s-\S+\n/),
  })
  expect(slack.texts()).toHaveLength(2)
  expect(await weir('drill', 'disk', '--host', 'db-7')).toEqual({
    code: 1,
    out: expect.stringContaining("there is no rule 'disk' with an alert; there are 'disk full', 'host down'"),
  })
  expect(await weir('drill', 'disk full')).toEqual({
    code: 2,
    out: expect.stringContaining('--host is missing'),
  })
})
