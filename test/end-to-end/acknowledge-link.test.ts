import { expect, onTestFinished, test } from 'vitest'
import { connect } from 'weir-client'
import { z } from 'zod'
import { startHub } from '../hub.ts'
import { CHROMIUM, openPage } from '../page.ts'
import { eventually, freePort, needs, scratch } from '../real/processes.ts'
import { startSlackStandIn } from '../slack-stand-in.ts'

const ROOT = new URL('../../', import.meta.url).pathname

const config = (port: number) => `
import { alert, config, rule } from 'weir-hub'
import { ops } from '${ROOT}config/destinations.ts'

export default config({
  name: 'hub-1',
  listen: { riemann: '127.0.0.1:0', http: '127.0.0.1:0', proxied: '127.0.0.1:${port}' },
  page: 'http://127.0.0.1:${port}/',
  rules: [
    rule('app', {
      match: { service: 'app' },
      stream: alert({ summary: 'app is down', notify: [ops], group: { wait: '1s' } }),
    }),
  ],
})
`

needs(...CHROMIUM)('the link in a message to Slack', () => {
  test('lets whoever reads it acknowledge the alert in a browser, without the token, also after a kill -9', {
    timeout: 120_000,
  }, async () => {
    const slack = await startSlackStandIn()
    onTestFinished(() => slack.close())
    const options = {
      dir: await scratch(),
      config: config(await freePort()),
      env: { SLACK_WEBHOOK_URL: slack.url, WEIR_TOKEN: 's3cret' },
    }
    const hub = await startHub(options)
    const client = await connect({ port: hub.port })
    await client.send({ host: 'web-1', service: 'app', state: 'critical', ttl: 3600 })
    await client.close()
    const link = await eventually(() => {
      const [, address] = /<(http[^|>]+)\|Acknowledge>/.exec(JSON.stringify(slack.requests)) ?? []
      return address?.replaceAll('&amp;', '&')
    }, 'a message with a link')
    const alerts = z.array(z.object({ acknowledged: z.unknown() }))
    const acknowledged = async (at: { readonly http: string }) =>
      alerts.parse(await (await fetch(`${at.http}/api/alerts`)).json())[0]?.acknowledged

    // A preview looks at it, and changes nothing.
    expect((await fetch(link)).status).toBe(200)
    expect(await acknowledged(hub)).toBeNull()

    await hub.process.stop('SIGKILL')
    const again = await startHub(options)
    const page = await openPage(link)
    expect(await page.textContent('body')).toContain('app is down')
    await page.fill('input[name=who]', 'Kim & Sam')
    await page.fill('input[name=why]', 'restarting it')
    await page.click('button')
    await page.getByText('Acknowledged by Kim & Sam.').waitFor()
    expect(await acknowledged(again)).toEqual({ who: 'Kim & Sam', why: 'restarting it', until: null })
    await again.process.stop()
  })
})
