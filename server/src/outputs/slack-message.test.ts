import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Acknowledgeable, Notification, NotificationItem } from './notification.ts'
import { SLACK_LIMITS, type SlackMessage, slackMessage } from './slack-message.ts'

const S = 1_000_000
const MIN = 60 * S
const START = Date.UTC(2026, 10, 22, 3, 9, 11) * 1000

const disk: NotificationItem = {
  status: 'firing',
  severity: 'critical',
  key: ['db-1', 'df-root/percent_bytes-free'],
  host: 'db-1',
  service: 'df-root/percent_bytes-free',
  summary: 'db-1: df-root/percent_bytes-free has 4.2 % left',
  metric: 4.2,
  since: START,
  at: START,
}

function about(...items: readonly NotificationItem[]): Notification {
  return {
    id: 'n-1',
    destination: 'slack',
    rule: 'disk full',
    runbook: 'docs/runbooks/disk-full.md',
    link: 'http://hub.example:5556/',
    at: START,
    items,
  }
}

const gone = (host: string): NotificationItem => ({
  ...disk,
  key: [host],
  host,
  service: 'uptime/uptime',
  summary: `${host} has been silent for 20s`,
  metric: undefined,
})

/** What a reader sees: the coloured bars as `|`, fields side by side. */
function shown({ blocks, attachments }: SlackMessage): string {
  const lines = (all: SlackMessage['blocks']) =>
    all.flatMap((block) => {
      if (block.type === 'context') return block.elements.map((element) => element.text).join('  ·  ')
      return 'text' in block
        ? block.text.text.split('\n')
        : block.fields.map((field) => field.text.replace('\n', ' ')).join('   ')
    })
  const bars = attachments.flatMap((each) => lines(each.blocks).map((line) => `${each.color} | ${line}`))
  return ['', ...lines(blocks), ...bars, ''].join('\n')
}

function blocksOf({ blocks, attachments }: SlackMessage): SlackMessage['blocks'] {
  return [...blocks, ...attachments.flatMap((attachment) => attachment.blocks)]
}

function expectWithinLimits(message: SlackMessage): void {
  const blocks = blocksOf(message)
  expect(message.text.length).toBeLessThanOrEqual(SLACK_LIMITS.text)
  expect(blocks.length).toBeLessThanOrEqual(SLACK_LIMITS.blocks)
  for (const block of blocks) {
    const few = block.type === 'context' ? block.elements : 'text' in block ? [block.text] : block.fields
    const most = 'fields' in block ? SLACK_LIMITS.fieldText : SLACK_LIMITS.sectionText
    expect(few.length).toBeLessThanOrEqual(SLACK_LIMITS.fields)
    for (const { text } of few) expect(text.length).toBeLessThanOrEqual(most)
  }
}

describe('what the message says', () => {
  test('of one alert that fires', () => {
    const message = slackMessage(about({ ...disk, description: 'df: /dev/sda1' }))
    expect(shown(message)).toMatchInlineSnapshot(`
      "
      🔴 *disk full*: critical
      db-1: df-root/percent_bytes-free has 4.2 % left
      #d92d20 | *Host* \`db-1\`   *Service* \`df-root/percent_bytes-free\`   *Value* 4.2   *Since* 2026-11-22 03:09:11 UTC
      #d92d20 | df: /dev/sda1
      #d92d20 | Runbook: \`docs/runbooks/disk-full.md\`  ·  <http://hub.example:5556/|Open Weir>
      "
    `)
    expect(message.text).toMatchInlineSnapshot(
      `"🔴 disk full: critical: db-1: df-root/percent_bytes-free has 4.2 % left, since 2026-11-22 03:09:11 UTC"`,
    )
  })

  test('of a change of severity', () => {
    const item = { ...disk, status: 'changed', previous: 'warning', at: START + 10 * MIN } as const
    expect(shown(slackMessage(about(item)))).toMatchInlineSnapshot(`
      "
      🔴 *disk full*: warning → critical
      db-1: df-root/percent_bytes-free has 4.2 % left
      #d92d20 | *Host* \`db-1\`   *Service* \`df-root/percent_bytes-free\`   *Value* 4.2   *Since* 2026-11-22 03:09:11 UTC (10m)
      #d92d20 | Runbook: \`docs/runbooks/disk-full.md\`  ·  <http://hub.example:5556/|Open Weir>
      "
    `)
  })

  test('of one that is over', () => {
    const item = {
      ...disk,
      status: 'resolved',
      previous: 'critical',
      summary: 'db-1: df-root/percent_bytes-free has 60 % left',
      metric: 60,
      at: START + 10 * MIN,
    } as const
    const message = slackMessage(about(item))
    expect(shown(message)).toMatchInlineSnapshot(`
      "
      🟢 *disk full*: resolved after 10m, was critical
      db-1: df-root/percent_bytes-free has 60 % left
      #2e9e4f | *Host* \`db-1\`   *Service* \`df-root/percent_bytes-free\`   *Value* 60   *Since* 2026-11-22 03:09:11 UTC (for 10m)   *Over* 2026-11-22 03:19:11 UTC
      #2e9e4f | Runbook: \`docs/runbooks/disk-full.md\`  ·  <http://hub.example:5556/|Open Weir>
      "
    `)
    expect(message.text).toMatchInlineSnapshot(
      `"🟢 disk full: resolved after 10m, was critical: db-1: df-root/percent_bytes-free has 60 % left"`,
    )
  })

  test('of one that is stale', () => {
    const item = { ...disk, status: 'stale', metric: undefined, at: START + 130 * MIN } as const
    expect(shown(slackMessage(about(item)))).toMatchInlineSnapshot(`
      "
      ⚪ *disk full*: stale, was critical: nothing is heard any more
      db-1: df-root/percent_bytes-free has 4.2 % left
      #8a8f98 | *Host* \`db-1\`   *Service* \`df-root/percent_bytes-free\`   *Since* 2026-11-22 03:09:11 UTC (2h 10m)
      #8a8f98 | Runbook: \`docs/runbooks/disk-full.md\`  ·  <http://hub.example:5556/|Open Weir>
      "
    `)
  })

  test('of a blip', () => {
    const item = { ...disk, status: 'blip', at: START + 4 * S } as const
    expect(shown(slackMessage(about(item)))).toMatchInlineSnapshot(`
      "
      🟢 *disk full*: critical for 4s, already over
      db-1: df-root/percent_bytes-free has 4.2 % left
      #2e9e4f | *Host* \`db-1\`   *Service* \`df-root/percent_bytes-free\`   *Value* 4.2   *Since* 2026-11-22 03:09:11 UTC (for 4s)   *Over* 2026-11-22 03:09:15 UTC
      #2e9e4f | Runbook: \`docs/runbooks/disk-full.md\`  ·  <http://hub.example:5556/|Open Weir>
      "
    `)
  })

  test('of half the fleet that is gone', () => {
    const hosts = Array.from({ length: 23 }, (_, index) => gone(`web-${index + 1}`))
    const message = slackMessage({ ...about(...hosts), rule: 'host down' })
    expect(shown(message)).toMatchInlineSnapshot(`
      "
      🔴 *host down*: 23 hosts critical
      #d92d20 | \`web-1\`, \`web-2\`, \`web-3\`, \`web-4\`, \`web-5\`, \`web-6\`, \`web-7\`, \`web-8\`, \`web-9\`, \`web-10\`, \`web-11\`, \`web-12\`, … and 11 more
      #d92d20 | • web-1 has been silent for 20s · since 2026-11-22 03:09:11 UTC
      #d92d20 | • web-2 has been silent for 20s · since 2026-11-22 03:09:11 UTC
      #d92d20 | • web-3 has been silent for 20s · since 2026-11-22 03:09:11 UTC
      #d92d20 | • web-4 has been silent for 20s · since 2026-11-22 03:09:11 UTC
      #d92d20 | • web-5 has been silent for 20s · since 2026-11-22 03:09:11 UTC
      #d92d20 | … and 18 more
      #d92d20 | Runbook: \`docs/runbooks/disk-full.md\`  ·  <http://hub.example:5556/|Open Weir>
      "
    `)
    expect(message.text).toMatchInlineSnapshot(
      `"🔴 host down: 23 hosts critical: web-1, web-2, web-3, web-4, web-5, web-6, web-7, web-8, web-9, web-10, web-11, web-12, … and 11 more"`,
    )
  })

  test('of several alerts in several states, some of one host', () => {
    const message = slackMessage(
      about(
        { ...disk, status: 'resolved', previous: 'warning', at: START + MIN },
        { ...disk, severity: 'warning', service: 'df-var/percent_bytes-free' },
        { ...disk, host: 'db-2', summary: 'almost full' },
      ),
    )
    expect(shown(message)).toMatchInlineSnapshot(`
      "
      🔴 *disk full*: 1 alert critical, 1 alert warning, 1 alert resolved
      #d92d20 | *1 alert critical*
      #d92d20 | • \`db-2 df-root/percent_bytes-free\` almost full · value 4.2 · since 2026-11-22 03:09:11 UTC
      #f0b400 | *1 alert warning*
      #f0b400 | • \`db-1 df-var/percent_bytes-free\` db-1: df-root/percent_bytes-free has 4.2 % left · value 4.2 · since 2026-11-22 03:09:11 UTC
      #2e9e4f | *1 alert resolved*
      #2e9e4f | • db-1: df-root/percent_bytes-free has 4.2 % left · value 4.2 · since 2026-11-22 03:09:11 UTC (for 1m)
      #2e9e4f | Runbook: \`docs/runbooks/disk-full.md\`  ·  <http://hub.example:5556/|Open Weir>
      "
    `)
    expect(message.text).toMatchInlineSnapshot(
      `"🔴 disk full: 1 alert critical: db-2 df-root/percent_bytes-free; 1 alert warning: db-1 df-var/percent_bytes-free; 1 alert resolved: db-1 df-root/percent_bytes-free"`,
    )
  })

  test('of an alert whose key is neither host nor service, and whose runbook is a page', () => {
    const item = {
      ...disk,
      host: undefined,
      service: undefined,
      key: ['rack-7'],
      summary: 'too hot',
      severity: 'page',
    }
    const message = slackMessage({ ...about(item), runbook: 'https://wiki.example/heat' })
    expect(shown(message)).toMatchInlineSnapshot(`
      "
      🟠 *disk full*: page
      too hot
      #e8590c | *Key* \`rack-7\`   *Value* 4.2   *Since* 2026-11-22 03:09:11 UTC
      #e8590c | <https://wiki.example/heat|Runbook>  ·  <http://hub.example:5556/|Open Weir>
      "
    `)
    expect(message.text).toMatchInlineSnapshot(
      `"🟠 disk full: page: too hot (rack-7), since 2026-11-22 03:09:11 UTC"`,
    )
  })
})

describe('what the message says of itself', () => {
  const late = START + 130 * MIN

  test('when it stands for several and is late', () => {
    const item = { ...disk, status: 'blip', at: START + 12 * MIN, times: 3 } as const
    const message = slackMessage({ ...about(item), folded: 6 }, late)
    expect(shown(message)).toMatchInlineSnapshot(`
      "
      🟢 *disk full*: critical for 12m, already over (3 times)
      db-1: df-root/percent_bytes-free has 4.2 % left
      #2e9e4f | *Host* \`db-1\`   *Service* \`df-root/percent_bytes-free\`   *Value* 4.2   *Since* 2026-11-22 03:09:11 UTC (for 12m)   *Over* 2026-11-22 03:21:11 UTC
      #2e9e4f | 6 messages in one  ·  told 2h 10m late  ·  Runbook: \`docs/runbooks/disk-full.md\`  ·  <http://hub.example:5556/|Open Weir>
      "
    `)
  })

  test('of several rules', () => {
    const hosts = Array.from({ length: 23 }, (_, index) => ({
      ...gone(`web-${index + 1}`),
      rule: 'host down',
    }))
    const message = slackMessage(
      {
        ...about(
          { ...disk, severity: 'warning', rule: 'disk full' },
          { ...disk, host: 'db-2', status: 'resolved', at: START + MIN, rule: 'disk full' },
          ...hosts,
        ),
        rule: '2 rules',
        runbook: undefined,
        folded: 47,
      },
      late,
    )
    expect(shown(message)).toMatchInlineSnapshot(`
      "
      🔴 *47 messages in one, about 2 rules*
      #d92d20 | • *host down*: 23 hosts critical: \`web-1\`, \`web-2\`, \`web-3\`, \`web-4\`, \`web-5\`, \`web-6\`, \`web-7\`, \`web-8\`, \`web-9\`, \`web-10\`, \`web-11\`, \`web-12\`, … and 11 more
      #d92d20 | • *disk full*: 1 host warning, 1 host resolved: \`db-1\`
      #d92d20 | 47 messages in one  ·  told 2h 10m late  ·  <http://hub.example:5556/|Open Weir>
      "
    `)
    expect(message.text).toMatchInlineSnapshot(
      `"🔴 47 messages in one, about 2 rules: host down: 23 hosts critical: web-1, web-2, web-3, web-4, web-5, web-6, web-7, web-8, web-9, web-10, web-11, web-12, … and 11 more; disk full: 1 host warning: db-1; 1 host resolved: db-2"`,
    )
  })

  test('where what is not over can be acknowledged', () => {
    const linkTo = (what: Acknowledgeable) =>
      `https://weir.example/acknowledge?${new URLSearchParams(Object.entries(what))}&signature=a|b`
    const context = (...items: readonly NotificationItem[]) =>
      slackMessage(about(...items), START, linkTo)
        .attachments.flatMap(({ blocks }) => blocks)
        .flatMap((block) => (block.type === 'context' ? block.elements.map(({ text }) => text) : []))
    const named = { ...disk, alert: 'a-1' }
    const link = '<https://weir.example/acknowledge?alert=a-1&amp;signature=a%7Cb|Acknowledge>'
    expect(context(named)).toContain(link)
    expect(context({ ...named, status: 'stale' })).toContain(link)
    const all = '<https://weir.example/acknowledge?message=n-1&amp;signature=a%7Cb|Acknowledge all 23>'
    const several = Array.from({ length: 23 }, (_, n) => ({ ...named, key: [`db-${n}`], alert: `a-${n}` }))
    expect(context(...several)).toContain(all)
    expect(context(...several.map((item, n) => ({ ...item, rule: `rule ${n % 2}` })))).toContain(all)
    for (const items of [[disk], [{ ...named, status: 'resolved' as const }]])
      expect(JSON.stringify(context(...items))).not.toContain('Acknowledge')
    expect(JSON.stringify(slackMessage(about(named), START))).not.toContain('Acknowledge')
  })

  test('a number with its unit', () => {
    expect(shown(slackMessage(about({ ...disk, unit: '%' })))).toContain('*Value* 4.2 %')
    expect(shown(slackMessage(about({ ...disk, unit: '%' }, { ...disk, host: 'db-2' })))).toContain(
      'value 4.2 % ·',
    )
  })
})

test('as Slack gets it', () => {
  expect(
    slackMessage({ ...about({ ...disk, host: undefined, service: undefined, key: [] }), link: undefined }),
  ).toMatchInlineSnapshot(`
    {
      "attachments": [
        {
          "blocks": [
            {
              "fields": [
                {
                  "text": "*Value*
    4.2",
                  "type": "mrkdwn",
                  "verbatim": true,
                },
                {
                  "text": "*Since*
    2026-11-22 03:09:11 UTC",
                  "type": "mrkdwn",
                  "verbatim": true,
                },
              ],
              "type": "section",
            },
            {
              "elements": [
                {
                  "text": "Runbook: \`docs/runbooks/disk-full.md\`",
                  "type": "mrkdwn",
                  "verbatim": true,
                },
              ],
              "type": "context",
            },
          ],
          "color": "#d92d20",
        },
      ],
      "blocks": [
        {
          "text": {
            "text": "🔴 *disk full*: critical
    db-1: df-root/percent_bytes-free has 4.2 % left",
            "type": "mrkdwn",
            "verbatim": true,
          },
          "type": "section",
        },
      ],
      "text": "🔴 disk full: critical: db-1: df-root/percent_bytes-free has 4.2 % left, since 2026-11-22 03:09:11 UTC",
      "unfurl_links": false,
      "unfurl_media": false,
    }
  `)
})

describe('whatever an event says', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.constantFrom(
      '',
      '<!channel>',
      '<@U024BE7LH> <#C024BE7LR>',
      '<https://evil.example|Runbook>',
      '```',
      '> quote',
      '*',
    ),
    fc.constantFrom('<', '&', '\u{1f525}', 'x').map((each) => each.repeat(5_000)),
  )
  const maybe = fc.option(text, { nil: undefined })
  const item: fc.Arbitrary<NotificationItem> = fc.record({
    status: fc.constantFrom(
      'firing',
      'changed',
      'stale',
      'resolved',
      'blip',
      'repeated',
      'escalated',
      'flapping',
      'settled',
    ),
    severity: fc.oneof(fc.constantFrom('critical', 'warning'), text),
    previous: maybe,
    key: fc.array(text, { maxLength: 3 }),
    host: maybe,
    service: maybe,
    summary: text,
    description: maybe,
    metric: fc.option(fc.double(), { nil: undefined }),
    unit: maybe,
    rule: fc.option(fc.constantFrom('disk full', '<!channel>', '`'), { nil: undefined }),
    times: fc.option(fc.nat(), { nil: undefined }),
    since: fc.maxSafeInteger(),
    at: fc.maxSafeInteger(),
  })
  const notification = fc.record({
    id: text,
    destination: text,
    rule: text,
    runbook: maybe,
    link: fc.constantFrom(undefined, 'http://hub.example:5556/'),
    at: fc.maxSafeInteger(),
    items: fc.array(item, { minLength: 1, maxLength: 40 }),
    folded: fc.option(fc.nat(), { nil: undefined }),
  })

  test('no mention, link or quote comes of it, and the message is within the limits of Slack', () => {
    fc.assert(
      fc.property(notification, fc.option(fc.maxSafeInteger(), { nil: undefined }), (each, now) => {
        const message = slackMessage(each, now)
        const texts = blocksOf(message).flatMap((block) => {
          if (block.type === 'context') return block.elements
          return 'text' in block ? [block.text] : block.fields
        })
        for (const { text, verbatim } of [...texts, { text: message.text, verbatim: true }]) {
          const ours = text.replace(/<https?:[^<>|]*\|(Runbook|Open Weir)>/g, '')
          expect(ours).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)|^&gt;/m)
          expect((ours.match(/`/g) ?? []).length % 2).toBe(0)
          expect(text).not.toBe('')
          expect(verbatim).toBe(true)
        }
        expectWithinLimits(message)
      }),
      { numRuns: 300 },
    )
  })

  test('what is left out is counted', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 60 }), fc.integer({ min: 1, max: 300 }), (count, length) => {
        const items = Array.from({ length: count }, (_, index) => gone(`${index}-${'<'.repeat(length)}`))
        const message = slackMessage(about(...items))
        expectWithinLimits(message)
        const lines = shown(message).split('\n')
        const told = lines.filter((line) => line.includes('• ')).length
        const left = Number(lines.find((line) => /\| … and/.test(line))?.match(/and (\d+) more/)?.[1] ?? 0)
        expect(told).toBeGreaterThan(0)
        expect(told + left).toBe(count)
      }),
    )
  })

  test('ten thousand alerts in one message take no time to speak of', () => {
    const items = Array.from({ length: 10_000 }, (_, index) => gone(`web-${index}`))
    expect(slackMessage(about(...items)).text).toContain('… and 9988 more')
  })
})
