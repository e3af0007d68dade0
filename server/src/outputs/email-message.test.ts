import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { emailMessage } from './email-message.ts'
import type { Acknowledgeable, Notification, NotificationItem } from './notification.ts'

const MIN = 60_000_000
const START = Date.UTC(2026, 10, 22, 3, 9, 11) * 1000

const disk: NotificationItem = {
  status: 'firing',
  severity: 'critical',
  key: ['db-1', 'df-root/percent_bytes-free'],
  host: 'db-1',
  service: 'df-root/percent_bytes-free',
  summary: 'db-1: / has 4.2 % left',
  description: 'df: /dev/sda1 & <others>',
  metric: 4.2,
  unit: '%',
  since: START,
  at: START,
}

function about(...items: readonly NotificationItem[]): Notification {
  return {
    id: 'n-1',
    destination: 'oncall',
    rule: 'disk full',
    runbook: 'docs/runbooks/disk-full.md',
    link: 'https://hub.example/',
    at: START,
    items,
  }
}

const gone = (host: string): NotificationItem => ({
  ...disk,
  key: [host],
  host,
  service: 'uptime/uptime',
  summary: 'nothing heard',
  description: undefined,
  metric: undefined,
})

const message = (notification: Notification, now?: number) => emailMessage(notification, 'example.org', now)

describe('what the email says', () => {
  test('of one alert', () => {
    const { subject, text, html } = message(
      about({ ...disk, status: 'changed', previous: 'warning', at: START + 10 * MIN }),
    )
    expect(subject).toBe('[warning → critical] db-1: / has 4.2 % left')
    expect(text).toMatchInlineSnapshot(`
      "disk full: warning → critical
      db-1: / has 4.2 % left

      Host     db-1
      Service  df-root/percent_bytes-free
      Value    4.2 %
      Since    2026-11-22 03:09:11 UTC (10m)

      df: /dev/sda1 & <others>

      Runbook: docs/runbooks/disk-full.md
      Open Weir: https://hub.example/
      "
    `)
    expect(html).toMatchInlineSnapshot(`
      "<!doctype html><html><head><meta charset="utf-8"></head><body>
      <div style="font-family:sans-serif;font-size:14px;border-left:4px solid #d92d20;padding:0 0 0 12px">
      <p style="font-size:16px"><b>disk full: warning → critical</b></p>
      <p>db-1: / has 4.2 % left</p>
      <table cellpadding="0" cellspacing="0"><tr><td style="padding:0 16px 0 0;color:#667">Host</td><td><code>db-1</code></td></tr><tr><td style="padding:0 16px 0 0;color:#667">Service</td><td><code>df-root/percent_bytes-free</code></td></tr><tr><td style="padding:0 16px 0 0;color:#667">Value</td><td>4.2 %</td></tr><tr><td style="padding:0 16px 0 0;color:#667">Since</td><td>2026-11-22 03:09:11 UTC (10m)</td></tr></table>
      <p>df: /dev/sda1 &amp; &lt;others&gt;</p>
      <p>Runbook: <code>docs/runbooks/disk-full.md</code> &middot; <a href="https://hub.example/">Open Weir</a></p>
      </div></body></html>"
    `)
  })

  test('of several alerts of one rule', () => {
    const notification = about(gone('web-1'), gone('web-2'), {
      ...gone('web-3'),
      status: 'resolved',
      at: START + MIN,
    })
    const { subject, text, html } = message({ ...notification, rule: 'host down', runbook: undefined })
    expect(subject).toBe('[critical] host down: 2 hosts critical, 1 host resolved')
    expect(text).toMatchInlineSnapshot(`
      "host down: 2 hosts critical, 1 host resolved

      2 hosts critical
      - web-1: nothing heard · since 2026-11-22 03:09:11 UTC
      - web-2: nothing heard · since 2026-11-22 03:09:11 UTC

      1 host resolved
      - web-3: nothing heard · since 2026-11-22 03:09:11 UTC

      Open Weir: https://hub.example/
      "
    `)
    expect(html).toContain('<p><b>2 hosts critical</b></p><ul><li>web-1: nothing heard')
  })

  test('of several rules, late', () => {
    const notification = about({ ...gone('web-1'), rule: 'host down' }, { ...disk, rule: 'disk full' })
    const { subject, text } = message({ ...notification, rule: '2 rules', folded: 47 }, START + 130 * MIN)
    expect(subject).toBe('[critical] 47 messages in one, about 2 rules')
    expect(text).toMatchInlineSnapshot(`
      "47 messages in one, about 2 rules

      host down: 1 host critical
      - web-1: nothing heard · since 2026-11-22 03:09:11 UTC

      disk full: 1 host critical
      - db-1: / has 4.2 % left · value 4.2 % · since 2026-11-22 03:09:11 UTC

      Runbook: docs/runbooks/disk-full.md
      Open Weir: https://hub.example/

      47 messages in one
      told 2h 10m late
      "
    `)
  })

  test.each<[string, NotificationItem]>([
    ['[critical] web-1: nothing heard', gone('web-1')],
    ['[resolved] web-1: nothing heard', { ...gone('web-1'), status: 'resolved' }],
    ['[still critical] web-1: nothing heard', { ...gone('web-1'), status: 'repeated' }],
    ['[already over] web-1: nothing heard', { ...gone('web-1'), status: 'blip' }],
    [
      '[critical] rack-7: too hot',
      { ...disk, host: undefined, service: undefined, key: ['rack-7'], summary: 'too hot' },
    ],
    [`[critical] web-1: ${'x'.repeat(131)}…`, { ...gone('web-1'), summary: 'x'.repeat(500) }],
    [
      '[critical] web-1: a Bcc: everybody@example.org',
      { ...gone('web-1'), summary: 'a\r\nBcc: everybody@example.org' },
    ],
  ])('%s', (subject, item) => {
    expect(message(about(item)).subject).toBe(subject)
  })

  test('of more than fifty alerts of a kind the rest is counted', () => {
    const { text } = message(about(...Array.from({ length: 10_000 }, (_, index) => gone(`web-${index}`))))
    expect(text).toContain('- web-49: nothing heard')
    expect(text).not.toContain('web-50')
    expect(text).toContain('- … and 9950 more')
  })
})

describe('an incident is a thread', () => {
  const at = (status: NotificationItem['status'], since: number, id: string, ...others: NotificationItem[]) =>
    message({ ...about({ ...disk, status, since, at: since + MIN }, ...others), id })
  const firing = at('firing', START, 'n-1')
  const resolved = at('resolved', START, 'n-2')

  test('whose first email the others refer to', () => {
    expect(firing.messageId).toMatch(/^<weir\.[0-9a-f]{32}@example\.org>$/)
    expect(firing.references).toEqual([])
    expect(resolved.references).toEqual([firing.messageId])
    expect(resolved.messageId).not.toBe(firing.messageId)
  })

  test('in each attempt the same', () => {
    expect(at('firing', START, 'n-1')).toEqual(firing)
    expect(at('resolved', START, 'n-2')).toEqual(resolved)
  })

  test('of its own, when it fires anew', () => {
    expect(at('firing', START + MIN, 'n-3').messageId).not.toBe(firing.messageId)
  })

  test('to which an email about several belongs', () => {
    const both = at('firing', START, 'n-4', gone('web-1'))
    expect(both.references[0]).toBe(firing.messageId)
    expect(both.references.length).toBe(2)
    expect(both.messageId).not.toBe(firing.messageId)
  })
})

test('whatever an event says, no markup, header or control character comes of it', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.constantFrom('', '<img src=x onerror=alert(1)>', '"&\'', '</td>', 'a\r\nBcc: b@c', 'x'.repeat(5_000)),
  )
  const maybe = fc.option(text, { nil: undefined })
  const item: fc.Arbitrary<NotificationItem> = fc.record({
    status: fc.constantFrom('firing', 'changed', 'stale', 'resolved', 'blip', 'flapping', 'settled'),
    severity: text,
    previous: maybe,
    key: fc.array(text, { maxLength: 3 }),
    host: maybe,
    service: maybe,
    summary: text,
    description: maybe,
    metric: fc.option(fc.double(), { nil: undefined }),
    unit: maybe,
    rule: maybe,
    since: fc.maxSafeInteger(),
    at: fc.maxSafeInteger(),
  })
  const notification = fc.record({
    id: text,
    destination: text,
    rule: text,
    runbook: fc.oneof(maybe, fc.constant('https://wiki.example/?a="><script>')),
    link: fc.oneof(maybe, fc.webUrl()),
    at: fc.maxSafeInteger(),
    items: fc.array(item, { minLength: 1, maxLength: 12 }),
  })
  const OURS =
    /<\/?(html|head|body|div|p|b|ul|li|table|tr|td|code|a)( (style|cellpadding|cellspacing|href)="[^"<>]*")*>|<meta charset="utf-8">|<!doctype html>/g
  fc.assert(
    fc.property(notification, (each) => {
      const { subject, text: plain, html, messageId, references } = message(each)
      expect(subject).not.toMatch(/\p{Cc}/u)
      expect([...subject].length).toBeLessThanOrEqual(150)
      expect(plain.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
      expect(html.replace(OURS, '')).not.toMatch(/[<>"]|&(?!amp;|lt;|gt;|quot;|#39;|middot;)/)
      for (const id of [messageId, ...references]) expect(id).toMatch(/^<weir\.[0-9a-f]{32}@example\.org>$/)
    }),
    { numRuns: 300 },
  )
})

test('what is not over has a link to acknowledge it', () => {
  const linkTo = (what: Acknowledgeable) =>
    `https://weir.example/acknowledge?${new URLSearchParams(Object.entries(what))}`
  const { text, html } = emailMessage(about({ ...disk, alert: 'a-1' }), 'example.org', START, linkTo)
  expect(text).toContain('Acknowledge: https://weir.example/acknowledge?alert=a-1\n')
  expect(html).toContain('<a href="https://weir.example/acknowledge?alert=a-1">Acknowledge</a>')
  const several = about({ ...disk, alert: 'a-1' }, { ...disk, host: 'db-2', alert: 'a-2' })
  expect(emailMessage(several, 'example.org', START, linkTo).text).toContain(
    `Acknowledge all 2: https://weir.example/acknowledge?message=${several.id}\n`,
  )
  const over = about({ ...disk, alert: 'a-1', status: 'resolved' })
  expect(emailMessage(over, 'example.org', START, linkTo).text).not.toContain('Acknowledge')
})
