import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'

const CONFIG = `
import { alert, below, by, config, email, logOnly, rule, severity, slack, slackBot, webhook } from 'weir-hub'

const smtp = 'smtp://127.0.0.1:25'
const to = { slack: slack({ name: 'ops', env: {} }), bot: slackBot({ name: 'bot', channel: '#ops', env: {} }) }
const mail = email({ name: 'mail', to: 'oncall@example.org', from: 'weir@example.org', smtp })
const boss = logOnly({ name: 'boss' })
const program = webhook({ name: 'program', url: 'http://127.0.0.1:1/', secret: 's' })
const told = (notify: never[], more = {}) =>
  alert({ summary: (e) => e.host + ': ' + e.metric + ' left', unit: '%', notify, ...more })

export default config({
  page: 'https://weir.example/',
  rules: [
    rule('disk full', {
      match: { host: 'db-*', service: ['df-*/free', /x/], tagged: 'prod' },
      stream: by('host', severity({ warning: below(10), critical: below(5) }, { for: '5m' }), told([to.slack], {
        runbook: 'docs/disk.md',
        escalate: { after: '15m', to: [boss] },
        maintenance: [{ from: '00:00', to: '23:59', timeZone: 'UTC' }],
      })),
    }),
    rule('every kind', { match: { service: 'x' }, stream: told([to.bot, mail, program, boss]) }),
    rule('up', { match: { service: 'up' }, stream: alert({ summary: 'down', notify: [boss], ok: ['up'] }) }),
    rule('nobody', { stream: alert({ summary: 's', notify: [] }) }),
    rule('nothing', { stream: by('host') }),
  ],
})
`.replace("by('host') }", '(events) => events }')

const WEIR = fileURLToPath(new URL('weir.ts', import.meta.url))
const dir = mkdtempSync(join(tmpdir(), 'weir-preview-'))
writeFileSync(join(dir, 'weir.config.ts'), CONFIG)
afterAll(() => rmSync(dir, { recursive: true }))

/** What `weir preview ARGS` prints, without its moments, and how it ends. A process of its own, since it loads a configuration. */
function preview(...args: readonly string[]): { readonly code: number | null; readonly out: string } {
  const env = { PATH: process.env.PATH, WEIR_CONFIG: join(dir, 'weir.config.ts') }
  const { status, stdout, stderr } = spawnSync(process.execPath, [WEIR, 'preview', ...args], {
    env,
    encoding: 'utf8',
  })
  const out = `${stdout}${stderr}`.replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+Z)?/g, 'TIME')
  return { code: status, out }
}

describe('weir preview', () => {
  test('shows each message of a rule as its destination shows it, by an event that the rule could fire by', () => {
    const { code, out } = preview('disk full')
    expect(out).toMatchInlineSnapshot(`
      "ops (slack), firing:

          🔴 disk full: critical
          db-example: 4 left
          ▌ Host db-example   Service df-example/free   Value 4 %   Since TIME UTC (5s)
          ▌ Runbook: docs/disk.md  ·  Acknowledge (https://weir.example/acknowledge?signed-when-sent)  ·  Open Weir (https://weir.example/)

      boss (log), escalated:

          disk full: critical for 15m 5s, not acknowledged: db-example: 4 left

      ops (slack), resolved:

          🟢 disk full: resolved after 15m 30s, was critical
          db-example: 4 left
          ▌ Host db-example   Service df-example/free   Value 4 %   Since TIME UTC (for 15m 30s)   Over TIME UTC
          ▌ Runbook: docs/disk.md  ·  Open Weir (https://weir.example/)

      boss (log), resolved:

          disk full: resolved after 15m 30s, was critical: db-example: 4 left
      "
    `)
    expect(code).toBe(0)
  })

  test('of every kind of destination', () => {
    const { out } = preview('every kind', '--host', 'web-1', '--metric', '4.25', '--state', 'warning')
    expect(out).toMatchInlineSnapshot(`
      "bot (slack-bot), firing:

          🟡 every kind: warning
          web-1: 4.25 left
          ▌ Host web-1   Service x   Value 4.25 %   Since TIME UTC (5s)
          ▌ Acknowledge (https://weir.example/acknowledge?signed-when-sent)  ·  Open Weir (https://weir.example/)

      mail (email), firing:

          From: weir@example.org
          To: oncall@example.org
          Subject: [warning] web-1: 4.25 left

          every kind: warning
          web-1: 4.25 left

          Host     web-1
          Service  x
          Value    4.25 %
          Since    TIME UTC (5s)

          Acknowledge: https://weir.example/acknowledge?signed-when-sent
          Open Weir: https://weir.example/

      program (webhook), firing:

          {
            "version": 1,
            "id": "preview-6",
            "destination": "program",
            "at": "TIME",
            "link": "https://weir.example/",
            "alerts": [
              {
                "rule": "every kind",
                "key": [
                  "web-1",
                  "x"
                ],
                "status": "firing",
                "severity": "warning",
                "host": "web-1",
                "service": "x",
                "metric": 4.25,
                "unit": "%",
                "summary": "web-1: 4.25 left",
                "since": "TIME",
                "at": "TIME"
              }
            ]
          }

      boss (log), firing:

          every kind: warning: web-1: 4.25 left, since TIME UTC

      bot (slack-bot), resolved:

          🟢 every kind: resolved after 10m, was warning
          web-1: 4.25 left
          ▌ Host web-1   Service x   Value 4.25 %   Since TIME UTC (for 10m)   Over TIME UTC
          ▌ Open Weir (https://weir.example/)

      mail (email), resolved:

          From: weir@example.org
          To: oncall@example.org
          Subject: [resolved] web-1: 4.25 left

          every kind: resolved after 10m, was warning
          web-1: 4.25 left

          Host     web-1
          Service  x
          Value    4.25 %
          Since    TIME UTC (for 10m)
          Over     TIME UTC

          Open Weir: https://weir.example/

      program (webhook), resolved:

          {
            "version": 1,
            "id": "preview-15",
            "destination": "program",
            "at": "TIME",
            "link": "https://weir.example/",
            "alerts": [
              {
                "rule": "every kind",
                "key": [
                  "web-1",
                  "x"
                ],
                "status": "resolved",
                "severity": "warning",
                "previous": "warning",
                "host": "web-1",
                "service": "x",
                "metric": 4.25,
                "unit": "%",
                "summary": "web-1: 4.25 left",
                "since": "TIME",
                "at": "TIME"
              }
            ]
          }

      boss (log), resolved:

          every kind: resolved after 10m, was warning: web-1: 4.25 left
      "
    `)
  })

  test('a state that is none, and what is ok by the rule', () => {
    const { out } = preview('up', '--state', 'up')
    expect(out).toMatchInlineSnapshot(`
      "boss (log), firing:

          up: critical: down (host-1 up), since TIME UTC

      boss (log), resolved:

          up: resolved after 10m, was critical: down (host-1 up)
      "
    `)
  })

  test('by an event that is given', () => {
    const event = { host: 'a', service: 'x', metric: 1, state: 'page', description: 'more to say' }
    const { out } = preview('up', '--event', JSON.stringify(event))
    expect(out).toContain('up: page: down (a x), since TIME UTC')
  })

  test.each([
    [['nobody'], 0, "rule 'nobody' tells nobody: its notify is empty"],
    [['nothing'], 0, "rule 'nothing' has no alert()"],
    [['none'], 2, "there is no rule 'none'; there are 'disk full', 'every kind', 'up', 'nobody', 'nothing'"],
    [[], 2, 'takes the name of a rule'],
    [['up', '--metric', 'x'], 2, "--metric takes a number, not 'x'"],
    [['up', '--event', '{"metric":"x"}'], 2, '--event: metric: expected a finite number'],
    [['up', '--event', '[]'], 2, '--event: expected one event'],
    [['up', '--event', '{'], 2, '--event: the body is not JSON'],
  ])('%j ends with %i: %s', (args, code, said) => {
    const ended = preview(...args)
    expect(ended.out).toContain(said)
    expect(ended.code).toBe(code)
  })
})
