import { describe, expect, test } from 'vitest'
import type { AlertReport } from '../api/reports/alerts.ts'
import type { DecisionReport } from '../api/reports/decisions.ts'
import type { SilenceReport } from '../api/reports/silences.ts'
import { SECOND } from '../clock/duration.ts'
import { lines } from '../testing/index.ts'
import { NOW, weirWith } from './operator.fixture.ts'

const alert: AlertReport = {
  id: '17-3-1-0',
  rule: 'disk full',
  host: 'db-1',
  service: 'df-root/percent_bytes-free',
  status: 'firing',
  severity: 'critical',
  since: NOW - 90 * SECOND,
  summary: 'db-1: / has 4.0 % left',
  told: ['ops'],
  waiting: [],
  failed: [],
  withheld: null,
  acknowledged: null,
}

describe('weir alerts', () => {
  test('shows how bad, what, since when, who was told or why not, who has taken it on, and the id', async () => {
    const kim = { who: 'kim', why: 'new disk ordered', until: null }
    const report: readonly AlertReport[] = [
      { ...alert, told: ['ops', 'boss'], acknowledged: kim },
      { ...alert, id: '20-5-1-0', waiting: ['boss'], failed: ['pager'] },
      { ...alert, id: '18-4-1-0', severity: 'warning', status: 'stale', told: [], summary: 'web-1: silent' },
      { ...alert, id: '19-5-1-0', withheld: 'silence s-7', since: NOW - 7300 * SECOND },
    ]
    const { code, out, asked } = await weirWith({ ok: report }, 'alerts')
    expect(out).toBe(
      `${lines`
      critical  firing  db-1: / has 4.0 % left  since 2026-11-22 03:58:30 (1m 30s)  told ops, boss                                acknowledged by kim: new disk ordered  17-3-1-0
      critical  firing  db-1: / has 4.0 % left  since 2026-11-22 03:58:30 (1m 30s)  told ops; telling boss; could not tell pager                                         20-5-1-0
      warning   stale   web-1: silent           since 2026-11-22 03:58:30 (1m 30s)  nobody was told                                                                      18-4-1-0
      critical  firing  db-1: / has 4.0 % left  since 2026-11-22 01:58:20 (2h 1m)   not told: silence s-7                                                                19-5-1-0`}\n`,
    )
    expect([code, asked]).toEqual([0, [{ alerts: {} }]])
  })

  test('says when there are none', async () => {
    expect((await weirWith({ ok: [] }, 'alerts')).out).toBe('nothing is firing\n')
  })

  test('--json is what the hub says, in one line', async () => {
    const { out } = await weirWith({ ok: [alert] }, 'alerts', '--json')
    expect([JSON.parse(out), out.split('\n').length]).toEqual([[alert], 2])
    expect((await weirWith({ ok: [] }, 'alerts', '--json')).out).toBe('[]\n')
  })

  test('a hundred thousand of them are shown', async () => {
    const report = Array.from({ length: 100_000 }, (_, n) => ({ ...alert, id: String(n) }))
    const { out } = await weirWith({ ok: report }, 'alerts')
    expect(out.split('\n')).toHaveLength(100_001)
  })
})

describe('weir alerts --silences', () => {
  const silence: SilenceReport = {
    id: 's-1',
    match: { host: 'web-*', severity: 'warning' },
    who: 'kim',
    why: 'moving racks',
    until: NOW + 3600 * SECOND,
    holds: ['web-1: silent', 'web-2: silent'],
  }

  test('shows what they match, by whom and why, how long yet, and how many alerts they hold back', async () => {
    const endless = { ...silence, id: 's-22', match: { rule: 'disk full' }, until: null, holds: [] }
    const { code, out, asked } = await weirWith({ ok: [silence, endless] }, 'alerts', '--silences')
    expect(out).toBe(
      `${lines`
      s-1   host=web-* severity=warning  kim: moving racks  for 1h          holds 2
      s-22  rule=disk full               kim: moving racks  until resolved  holds 0`}\n`,
    )
    expect([code, asked]).toEqual([0, [{ silences: {} }]])
  })

  test('says when there are none; --json is what the hub says', async () => {
    expect((await weirWith({ ok: [] }, 'alerts', '--silences')).out).toBe('no silences\n')
    expect(JSON.parse((await weirWith({ ok: [silence] }, 'alerts', '--silences', '--json')).out)).toEqual([
      silence,
    ])
  })
})

describe('weir log', () => {
  const decision: DecisionReport = {
    at: NOW - SECOND,
    alert: '17-3-1-0',
    rule: 'disk full',
    key: '["db-1",null]',
    what: 'telling',
    detail: 'ops: firing',
    message: '17-3-2-0',
    answer: { became: 'waiting', at: null, error: null },
  }

  test('shows when, which alert, what and why', async () => {
    const later: DecisionReport = {
      ...decision,
      ...{ what: 'not told', detail: 'silence: s-1', key: '[]', message: null, answer: null },
    }
    const became = (answer: DecisionReport['answer']) => ({ ...decision, answer })
    const list = [
      decision,
      became({ became: 'waiting', at: null, error: 'HTTP 500' }),
      became({ became: 'told', at: NOW, error: null }),
      became({ became: 'failed', at: NOW, error: 'HTTP 400 invalid_blocks' }),
      became(null),
      later,
    ]
    const { code, out } = await weirWith({ ok: list }, 'log')
    expect(out).toBe(
      `${lines`
      2026-11-22 03:59:59  disk full  db-1 -  telling         ops: firing (message 17-3-2-0), waits
      2026-11-22 03:59:59  disk full  db-1 -  telling         ops: firing (message 17-3-2-0), waits, tried in vain: HTTP 500
      2026-11-22 03:59:59  disk full  db-1 -  told            ops: firing (message 17-3-2-0), taken at 2026-11-22 04:00:00
      2026-11-22 03:59:59  disk full  db-1 -  could not tell  ops: firing (message 17-3-2-0), given up at 2026-11-22 04:00:00: HTTP 400 invalid_blocks
      2026-11-22 03:59:59  disk full  db-1 -  telling         ops: firing (message 17-3-2-0), not known any more
      2026-11-22 03:59:59  disk full          not told        silence: s-1`}\n`,
    )
    expect(code).toBe(0)
  })

  test('says when there is nothing; --json is a line each', async () => {
    expect((await weirWith({ ok: [] }, 'log')).out).toBe('nothing was decided yet\n')
    const { out } = await weirWith({ ok: [decision, decision] }, 'log', '--json')
    expect(out).toBe(`${JSON.stringify(decision)}\n`.repeat(2))
  })

  test.each([
    ['', { limit: 50 }],
    ['--limit 7', { limit: 7 }],
    ['--rule r --host h --alert i', { rule: 'r', host: 'h', alert: 'i', limit: 50 }],
  ])('log %s asks for these', async (args, filter) => {
    const { asked } = await weirWith({ ok: [] }, 'log', ...args.split(' ').filter((arg) => arg !== ''))
    expect(asked).toEqual([{ log: filter }])
  })
})
