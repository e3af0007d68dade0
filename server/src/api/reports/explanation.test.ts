import { describe, expect, test } from 'vitest'
import { SECOND } from '../../clock/duration.ts'
import { rule } from '../../rules/rule.ts'
import { alert } from '../../streams/alert.ts'
import { by } from '../../streams/by.ts'
import { index } from '../../streams/index-events.ts'
import { severity } from '../../streams/severity.ts'
import { below } from '../../streams/threshold.ts'
import { HubFixture } from '../hub.fixture.ts'
import { alertReport } from './alerts.ts'
import { decisionReport } from './decisions.ts'
import { explanationReport } from './explanation.ts'

const ops = { name: 'ops' }
const boss = { name: 'boss' }
const rules = [
  rule('index', { stream: index() }),
  rule('disk full', {
    match: { service: 'disk' },
    stream: by(
      'host',
      severity({ critical: below(5) }, { for: '10s' }),
      alert({ summary: 'full', notify: [ops, boss] }),
    ),
  }),
]
const disk = (metric: number) => ({ host: 'db-1', service: 'disk', metric, ttl: 3600 })

/** A hub on which the disk of db-1 has been full for so long that it was told. */
async function told() {
  const rig = new HubFixture({ rules })
  rig.send([disk(3)])
  await rig.pass(8_000)
  rig.send([disk(4)])
  await rig.pass(10_000)
  const explained = (which: Parameters<typeof explanationReport>[3]) =>
    explanationReport(rig.hub, rig.db, rig.outbox, which)
  const log = () =>
    decisionReport(rig.db, rig.outbox, { limit: 100 }).map(({ what, detail, answer }) =>
      [what, detail, answer?.became, answer?.error].filter((part) => part != null).join(' | '),
    )
  const attempt = () => ({ started: rig.wall.now(), ended: rig.wall.now() })
  const tell = (destination: string, error?: string) => {
    const row = rig.outbox.next(destination)
    if (row === undefined) throw new Error(`nothing waits for ${destination}`)
    if (error === undefined) rig.outbox.sent(row, attempt())
    else rig.outbox.dead(row, attempt(), error)
  }
  return { rig, explained, log, tell }
}

describe('who was told of an alert', () => {
  test('is what the outbox knows: it waits, was told, or could not be', async () => {
    const { rig, log, tell } = await told()
    const report = () => alertReport(rig.hub, rig.outbox)
    expect(report()).toMatchObject([{ told: [], waiting: ['ops', 'boss'], failed: [] }])
    expect(log()).toEqual([
      'fired | critical',
      'telling | ops: firing | waiting',
      'telling | boss: firing | waiting',
    ])
    tell('ops')
    tell('boss', 'HTTP 400')
    expect(report()).toMatchObject([{ told: ['ops'], waiting: [], failed: ['boss'] }])
    expect(log().slice(1)).toEqual([
      'telling | ops: firing | told',
      'telling | boss: firing | failed | HTTP 400',
    ])
    const [, first] = decisionReport(rig.db, rig.outbox, { limit: 100 })
    expect(first?.answer?.at).toBe(rig.wall.now())
  })

  test('what people decide about silences and acknowledgements is in the log, with who and why', async () => {
    const { rig, log } = await told()
    const who = { who: 'kim', why: 'moving' }
    const command = async (...args: Parameters<typeof rig.hub.command>) => {
      const outcome = rig.hub.command(...args)
      rig.settle()
      return await outcome
    }
    const match = { rule: 'disk *', host: 'db-*' }
    const one = await command({ do: 'silence', match, ...who, for: '30s' })
    const two = await command({ do: 'silence', match, ...who })
    expect([one.ok, two.ok]).toEqual([true, true])
    const [{ id } = { id: '' }] = alertReport(rig.hub, rig.outbox)
    await command({ do: 'acknowledge', alert: id, ...who, for: '1h' })
    await command({ do: 'unacknowledge', alert: id, who: 'sam', why: 'no time' })
    await rig.pass(31_000)
    if (two.ok) await command({ do: 'unsilence', silence: two.id ?? '', who: 'sam', why: 'moved' })
    expect(log().slice(3)).toEqual([
      'silenced | rule=disk * host=db-*, for 30s, by kim: moving',
      'silenced | rule=disk * host=db-*, until it is over, by kim: moving',
      'acknowledged | by kim: moving, for 1h',
      'acknowledgement over | taken back by sam: no time',
      'silence over | its time is over',
      'silence over | ended by sam: moved',
    ])
    expect(one.ok && decisionReport(rig.db, rig.outbox, { alert: one.id, limit: 10 })).toHaveLength(2)
  })

  test('a silence without a time says when what it was made for is over', async () => {
    const { rig, log } = await told()
    void rig.hub.command({ do: 'silence', match: { host: 'db-1' }, who: 'kim', why: 'moving' })
    rig.settle()
    rig.send([disk(90)])
    await rig.pass(10_000)
    expect(log().at(-1)).toBe('silence over | nothing that it matches is open any more')
  })
})

describe('an explanation', () => {
  test('of an open alert: its rule, what it was fired by, and what was decided', async () => {
    const { rig, explained } = await told()
    const { event, rules, alerts } = explained({ host: 'db-1', service: 'disk' })
    expect(event).toMatchObject({ metric: 4 })
    expect(rules.map(({ rule }) => rule)).toEqual(['index', 'disk full'])
    expect(alerts).toMatchObject([
      {
        rule: 'disk full',
        place: expect.stringMatching(/explanation\.test\.ts:\d+$/),
        status: 'firing',
        over: null,
        waiting: ['ops', 'boss'],
        cause: { incoming: null, event: { metric: 4, state: 'critical' } },
        decisions: [{ what: 'fired' }, { what: 'telling' }, { what: 'telling' }],
      },
    ])
    expect(alerts[0]?.cause.path[1]?.events.map(({ metric }) => metric)).toEqual([3, 4])
    expect(explained({ alert: alerts[0]?.id ?? '' })).toEqual(explained({ host: 'db-1', service: 'disk' }))
    expect(rig.hub.fold.book.size).toBe(1)
  })

  test('of one that is over, by its id or by host and service: the same, from the tables', async () => {
    const { rig, explained, tell } = await told()
    const [{ id, cause } = { id: '', cause: null }] = explained({ host: 'db-1', service: 'disk' }).alerts
    tell('ops')
    tell('boss')
    rig.send([disk(90)])
    const ended = rig.wall.now()
    await rig.pass(10_000)
    tell('ops')
    tell('boss', 'HTTP 400')
    const { alerts } = explained({ alert: id })
    expect(alerts).toMatchObject([
      { id, status: 'resolved', severity: 'critical', over: ended, told: ['ops'], failed: ['boss'] },
    ])
    expect(alerts[0]?.cause).toEqual(JSON.parse(JSON.stringify(cause)))
    expect(alerts[0]?.decisions.map(({ what }) => what)).toEqual([
      ...['fired', 'telling', 'telling', 'resolved', 'telling', 'telling'],
    ])
    expect(explained({ host: 'db-1', service: 'disk' }).alerts).toEqual(alerts)
    expect(explained({ host: 'db-2', service: 'disk' }).alerts).toEqual([])
  })

  test('beside the open one the latest that are over, no more than three', async () => {
    const rig = new HubFixture({
      rules: [
        rule('app', {
          match: { service: 'app' },
          stream: alert({ summary: 's', notify: [], flapping: false }),
        }),
      ],
    })
    const app = (state: string) => ({ host: 'a', service: 'app', state })
    for (let n = 0; n < 5; n++) {
      rig.send([app('bad')])
      rig.send([app('ok')])
      await rig.pass(1000)
    }
    rig.send([app('bad')])
    const { alerts } = explanationReport(rig.hub, rig.db, rig.outbox, { host: 'a', service: 'app' })
    expect(alerts.map(({ status }) => status)).toEqual(['firing', 'resolved', 'resolved', 'resolved'])
    expect((alerts[1]?.over ?? 0) - (alerts[2]?.over ?? 0)).toBe(SECOND)
  })

  test('an alert that nobody knows is an error that says so', async () => {
    const { explained } = await told()
    expect(() => explained({ alert: 'x-1' })).toThrow("no alert 'x-1' is known")
  })
})
