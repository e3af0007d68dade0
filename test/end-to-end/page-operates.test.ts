import { expect, test } from 'vitest'
import { connect } from 'weir-client'
import { startHub } from '../hub.ts'
import { CHROMIUM, openPage } from '../page.ts'
import { eventually, needs, scratch } from '../real/processes.ts'

const CONFIG = `
import { above, alert, by, config, index, rule, severity } from 'weir-hub'

export default config({
  name: 'hub-1',
  listen: { riemann: '127.0.0.1:0', http: '127.0.0.1:0' },
  rules: [
    rule('index', { stream: index() }),
    rule('slow', {
      match: { service: 'latency' },
      stream: by('host', severity({ critical: above(2) }), alert({ summary: (e) => e.host + ' is slow', unit: 's', notify: [] })),
    }),
  ],
})
`

needs(...CHROMIUM)('the page', () => {
  test('acknowledges an alert and gives it back, silences and ends the silence', {
    timeout: 120_000,
  }, async () => {
    const hub = await startHub({ dir: await scratch(), config: CONFIG })
    const client = await connect({ port: hub.port })
    await client.send(['web-1', 'web-2'].map((host) => ({ host, service: 'latency', metric: 3, ttl: 600 })))
    await client.close()
    const get = async (path: string) => (await fetch(`${hub.http}${path}`)).text()

    const page = await openPage(hub.http)
    const alert = page.locator('[data-alert]', { hasText: 'web-1' })
    await alert.getByText('3 s', { exact: true }).waitFor()
    await alert.getByRole('button', { name: 'Acknowledge' }).click()
    await alert.locator('input[name=who]').fill('kim')
    await alert.locator('input[name=why]').fill('looking')
    await alert.locator('select[name=for]').selectOption('2h')
    await alert.locator('button[type=submit]').click()
    await alert.locator('[data-acknowledged]', { hasText: 'acknowledged by kim' }).waitFor()
    expect(await get('/api/alerts')).toContain('"acknowledged":{"who":"kim","why":"looking"')
    expect(await alert.locator('form').count()).toBe(0)
    await alert.getByRole('button', { name: 'Give back' }).click()
    await alert.getByRole('button', { name: 'Acknowledge' }).waitFor()

    await alert.getByRole('button', { name: 'Silence' }).click()
    expect(await alert.locator('input[name=who]').inputValue()).toBe('kim')
    await alert.locator('select[name=scope]').selectOption("'slow' everywhere")
    await alert.locator('input[name=why]').fill('moving racks')
    await alert.locator('button[type=submit]').click()
    await page.getByRole('button', { name: '1 silence in force' }).click()
    const silence = page.locator('[data-silence]')
    await silence.getByText('kim: moving racks').waitFor()
    expect(await get('/api/silences')).toContain('"match":{"rule":"slow"}')
    await silence.getByRole('button', { name: 'End' }).click()
    await silence.waitFor({ state: 'detached' })
    await eventually(async () => (await get('/api/silences')) === '[]', 'no silence')
  })

  test('says why the hub did not do it', { timeout: 120_000 }, async () => {
    const hub = await startHub({ dir: await scratch(), config: CONFIG })
    const client = await connect({ port: hub.port })
    await client.send({ host: 'web-1', service: 'latency', metric: 3, ttl: 600 })
    await client.close()
    const page = await openPage(hub.http)
    await page.locator('[data-filter]').fill('web')
    await page.getByRole('button', { name: 'Acknowledge' }).click()
    await page.route('**/api/alerts/**', (route) =>
      route.fulfill({ status: 404, json: { error: "no alert 'x' is open" } }),
    )
    await page.locator('input[name=who]').fill('kim')
    await page.locator('input[name=why]').fill('looking')
    await page.locator('button[type=submit]').click()
    await page.getByRole('alert').getByText("no alert 'x' is open").waitFor()
    await page.keyboard.press('Escape')
    await page.locator('form').waitFor({ state: 'detached' })
    // Escape closed the form, and did not clear the filter.
    expect(await page.locator('[data-filter]').inputValue()).toBe('web')
  })
})
