import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { diskFull } from '../../config/rules/disk.ts'
import { indexAll } from '../../config/rules/index.ts'
import { HubFixture } from '../../server/src/api/hub.fixture.ts'
import { explanationReport } from '../../server/src/api/reports/explanation.ts'
import { explanationText } from '../../server/src/cli/explain.ts'
import { ROOT } from './pages.ts'

test('the explanation of the alert of a full disk is as docs/alerts.md shows it', async () => {
  const rig = new HubFixture({ rules: [indexAll, diskFull] })
  const free = (metric: number) =>
    rig.send([{ host: 'db-1', service: 'df-root/percent_bytes-free', metric, ttl: 120 }])
  for (const metric of [8.8, 4.9, 4.7, 4.5, 4.4, 4.2]) {
    free(metric)
    await rig.pass(60_000)
  }
  free(4)
  await rig.pass(20_000)
  for (let row = rig.outbox.next('ops'); row !== undefined; row = rig.outbox.next('ops'))
    rig.outbox.sent(row, { started: rig.wall.now(), ended: rig.wall.now() })
  const { host = '', service = '' } = { host: 'db-1', service: 'df-root/percent_bytes-free' }
  const text = explanationText(
    explanationReport(rig.hub, rig.db, rig.outbox, { host, service }),
    rig.hub.now(),
  )
  const page = readFileSync(`${ROOT}docs/alerts.md`, 'utf8')
  const [, shown] = /^```text\n\$ npx weir explain [^\n]+\n([\s\S]*?)^```$/m.exec(page) ?? []
  // Vitest does not know the lines of the source.
  expect(text.replace(/\.ts:\d+/g, '.ts:N')).toBe(shown?.replace(/\.ts:\d+/g, '.ts:N'))
})
