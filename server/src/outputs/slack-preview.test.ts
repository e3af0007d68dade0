import { expect, test } from 'vitest'
import type { Notification } from './notification.ts'
import { slackPreview } from './slack-preview.ts'

const MIN = 60_000_000

const notification: Notification = {
  id: 'n-1',
  destination: 'ops',
  rule: 'disk *full*',
  runbook: 'https://wiki.example/disk?a=1&b=2',
  link: 'https://hub.example/',
  at: 10 * MIN,
  items: [
    {
      status: 'changed',
      severity: 'critical',
      previous: 'warning',
      key: ['db_1', '`*'],
      host: 'db_1',
      service: 'df-root/percent_bytes-free',
      summary: '5*3 < 4 & <!channel>',
      description: 'df: *quoted* `code`',
      metric: 4.2,
      unit: '%',
      since: 0,
      at: 10 * MIN,
    },
  ],
}

test('a message as its reader sees it', () => {
  expect(slackPreview(notification)).toMatchInlineSnapshot(`
    "🔴 disk ∗full∗: warning → critical
    5*3 < 4 & <!channel>
    ▌ Host db_1   Service df-root/percent_bytes-free   Key ˋ*   Value 4.2 %   Since 1970-01-01 00:00:00 UTC (10m)
    ▌ df: ∗quoted∗ ˋcodeˋ
    ▌ Runbook (https://wiki.example/disk?a=1&b=2)  ·  Open Weir (https://hub.example/)"
  `)
})

test('several alerts', () => {
  const items = ['db-1', 'db-2'].flatMap((host) => notification.items.map((item) => ({ ...item, host })))
  expect(slackPreview({ ...notification, items })).toMatchInlineSnapshot(`
    "🔴 disk ∗full∗: 2 hosts warning → critical
    ▌ • db-1 5*3 < 4 & <!channel> · value 4.2 % · since 1970-01-01 00:00:00 UTC (10m)
    ▌ • db-2 5*3 < 4 & <!channel> · value 4.2 % · since 1970-01-01 00:00:00 UTC (10m)
    ▌ Runbook (https://wiki.example/disk?a=1&b=2)  ·  Open Weir (https://hub.example/)"
  `)
})
