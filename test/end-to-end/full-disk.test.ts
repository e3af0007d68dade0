import { spawnSync } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startHub } from '../hub.ts'
import { readings } from '../live.ts'
import { COLLECTD, startCollectd, writeHttp } from '../real/collectd.ts'
import { eventually, needs, provided, scratch } from '../real/processes.ts'
import { startSlackStandIn } from '../slack-stand-in.ts'

const ROOT = new URL('../../', import.meta.url).pathname
const DISK_BYTES = 8 * 1024 * 1024

/** The shipped rule with seconds instead of minutes. */
const CONFIG = `
import { alert, below, by, config, rule, severity } from 'weir-hub'
import { ops } from '${ROOT}config/destinations.ts'
import { indexAll } from '${ROOT}config/rules/index.ts'

const diskFull = rule('disk full', {
  match: { service: 'df-*/percent_bytes-free', not: { tagged: 'notification' } },
  stream: by(
    ['host', 'service'],
    severity({ critical: below(5), warning: below(10) }, { for: '2s', clearFor: '2s' }),
    alert({
      summary: (e) => e.host + ' has ' + e.metric.toFixed(1) + ' % left',
      notify: [ops],
      group: { wait: '500ms' },
    }),
  ),
})

export default config({
  name: 'hub-1',
  listen: { riemann: '127.0.0.1:0', http: '127.0.0.1:0' },
  rules: [indexAll, diskFull],
})
`

/** Gives a command mounts of its own: what it mounts is seen by nobody else, and gone when it ends. */
const OWN_MOUNTS = ['unshare', '--mount', ...(process.getuid?.() === 0 ? [] : ['--map-root-user'])] as const
const MOUNT = `mount -t tmpfs -o size=${DISK_BYTES} tmpfs`

function mountProblem(): string | undefined {
  const [command, ...args] = [...OWN_MOUNTS, 'sh', '-c', `${MOUNT} /mnt`]
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' })
  return status === 0
    ? undefined
    : `no filesystem can be mounted, run it as root: ${error?.message ?? stderr.trim()}`
}

const cannot = mountProblem()
;(cannot === undefined ? needs(...COLLECTD) : provided(cannot))('a full disk', () => {
  test('that collectd watches is told to Slack once, and once when it is over', {
    timeout: 60_000,
  }, async () => {
    const slack = await startSlackStandIn()
    onTestFinished(() => slack.close())
    const hub = await startHub({
      dir: await scratch(),
      config: CONFIG,
      env: { SLACK_WEBHOOK_URL: slack.url },
    })
    const disk = join(await scratch(), 'disk')
    await mkdir(disk)
    const collectd = await startCollectd({
      through: [...OWN_MOUNTS, 'sh', '-c', `${MOUNT} ${disk} && exec "$@"`, 'sh'],
      conf: `
LoadPlugin df
<Plugin df>
  MountPoint "${disk}"
  ValuesPercentage true
</Plugin>
${writeHttp(`${hub.http}/collectd`)}`,
    })
    const file = join(`/proc/${collectd.running.pid}/root`, disk, 'file')
    const service = `df-${disk.slice(1).replaceAll('/', '-')}/percent_bytes-free`
    const reads = (count: number, are: (free: number) => boolean) =>
      readings(hub, 'web-1.example', service, count, are)
    await reads(1, (free) => free === 100)

    await writeFile(file, Buffer.alloc(0.97 * DISK_BYTES))
    await eventually(() => slack.texts().length > 0, 'a message in Slack')
    await reads(2, (free) => free < 5)
    expect(slack.texts()).toEqual([
      expect.stringMatching(/disk full: critical: web-1\.example has [23]\.\d % left/),
    ])

    await rm(file)
    await eventually(() => slack.texts().length > 1, 'the resolution in Slack')
    await reads(2, (free) => free === 100)
    expect(slack.texts().slice(1)).toEqual([
      expect.stringMatching(/disk full: resolved after .* was critical: web-1\.example has 100\.0 % left/),
    ])
    expect(slack.requests).toHaveLength(2)
  })
})
