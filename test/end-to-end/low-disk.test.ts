import { expect, onTestFinished, test } from 'vitest'
import { startHub } from '../hub.ts'
import { CHROMIUM, openPage } from '../page.ts'
import { eventually, needs, runToEnd, scratch } from '../real/processes.ts'
import { startSlackStandIn } from '../slack-stand-in.ts'

const ROOT = new URL('../../', import.meta.url).pathname

/** The disk rule without its five minutes. */
const CONFIG = `
import { alert, below, by, config, rule, severity } from 'weir-hub'
import { ops } from '${ROOT}config/destinations.ts'
import { indexAll } from '${ROOT}config/rules/index.ts'

const diskFull = rule('disk full', {
  match: { service: 'df-*/percent_bytes-free' },
  stream: by(
    ['host', 'service'],
    severity({ critical: below(5), warning: below(10) }),
    alert({ summary: (e) => e.host + ': ' + e.metric + ' % left', notify: [ops], group: { wait: '100ms' } }),
  ),
})

export default config({
  name: 'hub-1',
  listen: { riemann: '127.0.0.1:0', http: '127.0.0.1:0' },
  rules: [indexAll, diskFull],
})
`

needs(
  `riemann-c-client ${CHROMIUM[0]}`,
  '/usr/bin/riemann-client',
  CHROMIUM[1],
)('a low disk', () => {
  test('sent by riemann-client is told to Slack once and shown on the page; a kill -9 loses and repeats nothing', async () => {
    const slack = await startSlackStandIn()
    onTestFinished(() => slack.close())
    const options = { dir: await scratch(), config: CONFIG, env: { SLACK_WEBHOOK_URL: slack.url } }
    const hub = await startHub(options)
    const send = (port: number, metric: string) =>
      runToEnd('riemann-client', [
        ...['send', '-h', 'db-1', '-S', 'df-root/percent_bytes-free', '-d', metric, '-L', '600'],
        ...['127.0.0.1', String(port)],
      ])
    await send(hub.port, '3.5')

    await eventually(() => slack.texts().length === 1, 'a message in Slack')
    expect(slack.texts()[0]).toContain('db-1: 3.5 % left')
    const page = await openPage(hub.http)
    await page.locator('[data-row="db-1|df-root/percent_bytes-free"][data-kind="critical"]').waitFor()
    expect(await page.locator('[data-alert]').count()).toBe(1)
    await page.locator('[data-told="told"]').waitFor()

    await hub.process.stop('SIGKILL')
    await page.locator('[data-status="disconnected"]').waitFor()
    const again = await startHub(options)
    expect(again.process.output()).toMatch(/replayed \d+ records/)
    const pageAgain = await openPage(again.http)
    await pageAgain.locator('[data-row="db-1|df-root/percent_bytes-free"][data-kind="critical"]').waitFor()
    await pageAgain.locator('[data-told="told"]').waitFor()

    await send(again.port, '60')
    await eventually(() => slack.texts().length === 2, 'the resolution in Slack')
    expect(slack.texts().map((text) => /60|3\.5/.exec(text)?.[0])).toEqual(['3.5', '60'])
    expect(
      await eventually(
        async () => (await pageAgain.locator('[data-alert]').count()) === 0,
        'no alert on the page',
      ),
    ).toBe(true)

    expect((await again.process.stop('SIGTERM')).code).toBe(0)
    expect(again.process.output()).toContain('everything accepted is in the journal')
  })
})
