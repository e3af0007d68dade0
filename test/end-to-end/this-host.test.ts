import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { expect, test } from 'vitest'
import { startHub } from '../hub.ts'
import { rowOf } from '../live.ts'
import { CHROMIUM, openPage } from '../page.ts'
import { eventually, needs, scratch } from '../real/processes.ts'

const CONFIG = new URL('../../config/', import.meta.url).pathname

/** The shipped configuration, but for its ports and that it stands elsewhere. */
const shipped = readFileSync(`${CONFIG}weir.config.ts`, 'utf8')
  .replaceAll(/127\.0\.0\.1:555\d/g, '127.0.0.1:0')
  .replaceAll("'./", `'${CONFIG}`)

needs(...CHROMIUM)('the shipped configuration', () => {
  test('shows live events of this machine', async () => {
    const hub = await startHub({ dir: await scratch(), config: shipped })
    const host = hostname()
    const page = await openPage(hub.http)
    await page.locator('[data-status="connected"]').waitFor()
    for (const service of ['uptime/uptime', 'load/load/shortterm', 'df-root/percent_bytes-free']) {
      const row = await eventually(() => rowOf(hub, host, service), `${service} in the index`)
      expect(row).toMatchObject({ metric: expect.any(Number), ttl: 20 })
      await page.locator('[data-filter]').fill(`host:"${host}" service:"${service}"`)
      const cells = page.locator(`[data-row="${host}|${service}"] td`)
      await eventually(async () => (await cells.allInnerTexts())[2] === service, `${service} on the page`)
    }
    const age = page.locator('td.cell-age')
    const first = await age.innerText()
    await eventually(async () => (await age.innerText()) !== first, 'an age that ticks', 10_000)
  })
})
