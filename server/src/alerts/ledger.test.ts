import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { makeEvent } from 'weir-protocol'
import type { Notification } from '../outputs/notification.ts'
import { openOutbox } from '../outputs/outbox.ts'
import type { Alert, AlertChange } from './alert.ts'
import type { Decisions } from './book.ts'
import type { Decision } from './decision.ts'
import { Ledger } from './ledger.ts'
import { policyOf } from './policy.ts'

const NOTHING: Decisions = { changes: [], notifications: [], touched: [], log: [] }

function alertOf(id: string, status: Alert['status'] = 'firing', messages: readonly string[] = []): Alert {
  const event = makeEvent({ time: 0, host: 'web-1', service: 'app', state: 'critical' })
  return {
    id,
    rule: 'app',
    key: ['web-1', undefined],
    status,
    severity: 'critical',
    since: 1,
    changed: 2,
    summary: `${id} is ${status}`,
    event,
    policy: policyOf({ summary: '', notify: [{ name: 'ops' }] }),
    cause: { incoming: null, event, path: [] },
    told: [],
    lastTold: undefined,
    withheld: undefined,
    acknowledged: undefined,
    escalated: false,
    closed: undefined,
    messages,
  }
}

function changeOf(alert: Alert): AlertChange {
  const kind = alert.status === 'resolved' ? 'resolved' : 'firing'
  return { kind, at: 1, alert, previous: undefined, tell: ['ops'] }
}

function decisionOf(id: string, at = 1): Decision {
  return { id, at, alert: 'a', rule: 'app', key: ['web-1'], what: 'telling', detail: '' }
}

function messageOf(id: string): Notification {
  const item = { status: 'firing', severity: 'critical', key: [], summary: id, since: 1, at: 1 } as const
  return { id, destination: 'ops', rule: 'app', at: 1, items: [item] }
}

/** A ledger on tables that can be made to be full. */
function rig(limit?: number, since?: () => number) {
  const db = new DatabaseSync(':memory:')
  const said: string[] = []
  const outbox = openOutbox(db)
  const ledger = new Ledger({
    db,
    outbox,
    log: (line) => said.push(line),
    ...(limit === undefined ? {} : { limit }),
    ...(since === undefined ? {} : { since }),
  })
  const column = (sql: string) =>
    db
      .prepare(sql)
      .all()
      .map(({ it }) => String(it))
  return {
    db,
    ledger,
    said,
    /** Lets no page be added to the database, as a full disk does. */
    fill() {
      const { page_count: pages } = db.prepare('pragma page_count').get() ?? {}
      db.exec(`pragma max_page_count = ${pages}`)
    },
    free: () => db.exec('pragma max_page_count = 1000000'),
    rows: () => ({
      alerts: column('select summary as it from alerts order by id'),
      decisions: column('select id as it from decisions order by at, rowid'),
      messages: column('select id as it from outbox order by seq'),
    }),
    /** So much that it does not fit into the pages that there are. */
    large: (decisions: Partial<Decisions>): Decisions => ({
      ...NOTHING,
      ...decisions,
      log: [...(decisions.log ?? []), { ...decisionOf('large', 9), detail: 'x'.repeat(100_000) }],
    }),
  }
}

test('takes as many decisions at once as a storm of alerts makes', () => {
  const { ledger, rows } = rig()
  const log = Array.from({ length: 200_000 }, (_, number) => decisionOf(`d-${number}`))
  const notifications = Array.from({ length: 200_000 }, () => messageOf('one and the same'))
  ledger.save({ ...NOTHING, log, notifications })
  expect(rows().decisions).toHaveLength(200_000)
  expect(rows().messages).toHaveLength(1)
})

describe('what was decided', () => {
  test('is written, and whether there are messages is answered', () => {
    const { ledger, rows } = rig()
    expect(ledger.save(NOTHING)).toBe(false)
    expect(ledger.save({ ...NOTHING, changes: [changeOf(alertOf('a'))], log: [decisionOf('d')] })).toBe(false)
    expect(ledger.save({ ...NOTHING, notifications: [messageOf('m'), messageOf('n')] })).toBe(true)
    expect(rows()).toEqual({ alerts: ['a is firing'], decisions: ['d'], messages: ['m', 'n'] })
    expect(ledger.settled).toBe(true)
  })

  test('is recognised when a replay decides it again', () => {
    const { ledger, rows } = rig()
    const decided: Decisions = {
      changes: [changeOf(alertOf('a'))],
      touched: [alertOf('b')],
      log: [decisionOf('d')],
      notifications: [messageOf('m')],
    }
    ledger.save(decided)
    const before = rows()
    ledger.save(decided)
    expect(rows()).toEqual(before)
  })

  test('an alert is a row as it stands last', () => {
    const { db, ledger, rows } = rig()
    ledger.save({ ...NOTHING, changes: [changeOf(alertOf('a'))], touched: [alertOf('a', 'firing', ['m'])] })
    expect(db.prepare('select messages, key, cause from alerts').get()).toMatchObject({
      messages: '["m"]',
      key: '["web-1",null]',
    })
    ledger.save({ ...NOTHING, changes: [changeOf(alertOf('a', 'resolved'))] })
    expect(rows().alerts).toEqual(['a is resolved'])
  })

  test('is removed when it was over long enough; open alerts and waiting messages stay', () => {
    const { ledger, rows } = rig()
    ledger.save({
      changes: [changeOf(alertOf('over', 'resolved')), changeOf(alertOf('open'))],
      touched: [],
      log: [decisionOf('old', 1), decisionOf('new', 5)],
      notifications: [messageOf('waits')],
    })
    ledger.prune(2)
    expect(rows()).toEqual({
      alerts: ['open is firing', 'over is resolved'],
      decisions: ['new'],
      messages: ['waits'],
    })
    ledger.prune(3)
    expect(rows()).toEqual({ alerts: ['open is firing'], decisions: ['new'], messages: ['waits'] })
  })
})

describe('while the tables cannot be written', () => {
  test('nothing is half written, nothing is lost, and it is tried again with each call', () => {
    const { ledger, fill, free, rows, large, said } = rig()
    ledger.save({ ...NOTHING, notifications: [messageOf('before')] })
    fill()
    const first = large({ changes: [changeOf(alertOf('a'))], notifications: [messageOf('m')] })
    expect(ledger.save(first)).toBe(false)
    expect(ledger.save(NOTHING)).toBe(false)
    expect(ledger.save({ ...NOTHING, notifications: [messageOf('n')], log: [decisionOf('d')] })).toBe(false)
    expect(rows()).toEqual({ alerts: [], decisions: [], messages: ['before'] })
    expect([ledger.counters, ledger.settled]).toEqual([{ errors: 3, dropped: 0 }, false])

    free()
    expect(ledger.save(NOTHING)).toBe(true)
    expect(rows()).toEqual({
      alerts: ['a is firing'],
      decisions: ['d', 'large'],
      messages: ['before', 'm', 'n'],
    })
    expect(ledger.settled).toBe(true)
    expect(said).toEqual([
      expect.stringMatching(/^the tables of alerts and messages can't be written, tried again: .*full/),
      'the tables of alerts and messages are written again; nothing is missing',
    ])
  })

  test('each time that it begins is said', () => {
    const { ledger, fill, free, large, said } = rig()
    for (let n = 0; n < 2; n++) {
      fill()
      ledger.save(large({ log: [{ ...decisionOf(`d${n}`), detail: 'x'.repeat(200_000) }] }))
      free()
      ledger.save(NOTHING)
    }
    expect(said).toHaveLength(4)
  })

  test('an alert that changes meanwhile is written as it stands then', () => {
    const { ledger, fill, free, rows, large } = rig()
    fill()
    ledger.save(large({ changes: [changeOf(alertOf('a'))] }))
    ledger.save({ ...NOTHING, changes: [changeOf(alertOf('a', 'resolved'))] })
    free()
    ledger.save(NOTHING)
    expect(rows().alerts).toEqual(['a is resolved'])
  })

  test('what waits is bounded: the oldest are dropped, counted and said, but for alerts that are open', () => {
    const { ledger, fill, free, rows, large, said } = rig(2)
    fill()
    ledger.save(large({}))
    for (const n of [1, 2, 3, 4]) {
      ledger.save({
        changes: [changeOf(alertOf(`open ${n}`)), changeOf(alertOf(`over ${n}`, 'resolved'))],
        touched: [],
        log: [{ ...decisionOf(`d${n}`), detail: 'x'.repeat(100_000) }],
        notifications: [messageOf(`m${n}`)],
      })
    }
    free()
    ledger.save(NOTHING)
    expect(rows()).toEqual({
      alerts: [
        ...[1, 2, 3, 4].map((n) => `open ${n} is firing`),
        ...[3, 4].map((n) => `over ${n} is resolved`),
      ],
      decisions: ['d3', 'd4'],
      messages: ['m3', 'm4'],
    })
    expect(ledger.counters.dropped).toBe(7)
    expect(said.at(-1)).toBe(
      'the tables of alerts and messages are written again; 7 rows that found no room are missing',
    )
  })
})

test('where tables in memory may stand in for those on a full disk, messages go out, and what was decided is written in the end', () => {
  const { db, ledger, fill, free, rows, large, said } = rig(undefined, () => 0)
  ledger.save({ ...NOTHING, notifications: [messageOf('before')] })
  fill()
  const first = large({ changes: [changeOf(alertOf('a'))], notifications: [messageOf('m')] })
  expect(ledger.save(first)).toBe(true)
  expect(ledger.save(NOTHING)).toBe(false)
  expect(ledger.save({ ...NOTHING, notifications: [messageOf('n')] })).toBe(true)
  const all = { alerts: ['a is firing'], decisions: ['large'], messages: ['before', 'm', 'n'] }
  expect(rows()).toEqual(all)
  expect([ledger.settled, ledger.settle()]).toEqual([false, false])
  free()
  expect(ledger.settle()).toBe(true)
  expect(rows()).toEqual(all)
  expect(db.prepare('select count(*) as it from main.outbox').get()).toEqual({ it: 3 })
  expect(said.map((line) => line.replace(/: .*/, ''))).toEqual([
    "the tables of alerts and messages can't be written, tried again",
    'until they can be, they stand in memory',
    "the tables of alerts and messages can't be written, tried again",
    'the tables of alerts and messages are written again; nothing is missing',
  ])
})
