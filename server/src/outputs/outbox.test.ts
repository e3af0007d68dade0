import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import type { Notification } from './notification.ts'
import { type OutboxOptions, openOutbox } from './outbox.ts'

const S = 1_000_000

function open(options?: OutboxOptions) {
  const db = new DatabaseSync(':memory:')
  return { db, outbox: openOutbox(db, options) }
}

function notification(id: string, at = 0, destination = 'slack'): Notification {
  return {
    id,
    destination,
    rule: 'disk full',
    at,
    items: [{ status: 'firing', severity: 'critical', key: ['db-1'], summary: id, since: at, at }],
  }
}

const ids = (rows: readonly { readonly id: string }[]) => rows.map((row) => row.id)

test('messages are pending in the order of adding, for each destination', () => {
  const { outbox } = open()
  expect(
    outbox.add([notification('c'), notification('a', 0, 'pager'), notification('b'), notification('a2')]),
  ).toBe(4)
  expect(ids(outbox.pending('slack'))).toEqual(['c', 'b', 'a2'])
  expect(outbox.next('pager')?.id).toBe('a')
  expect(outbox.next('nobody')).toBeUndefined()
  expect([outbox.depth(), outbox.pendingByDestination()]).toEqual([
    4,
    new Map([
      ['pager', 1],
      ['slack', 3],
    ]),
  ])
})

test('a message comes back as it was added', () => {
  const { outbox } = open()
  const added = { ...notification('a'), runbook: 'docs/disk.md', link: 'http://hub:5556/' }
  outbox.add([added])
  expect(JSON.parse(outbox.next('slack')?.body ?? '')).toEqual(added)
})

describe('a replay recognises what is there, and leaves it as it is', () => {
  test.each([
    ['pending', () => {}],
    ['sent', (outbox: ReturnType<typeof openOutbox>) => outbox.sent({ id: 'a' }, { started: 1, ended: 2 })],
    [
      'dead',
      (outbox: ReturnType<typeof openOutbox>) =>
        outbox.dead({ id: 'a' }, { started: 1, ended: 2 }, '404 no_service'),
    ],
  ] as const)('%s', (status, finish) => {
    const { outbox } = open()
    outbox.add([notification('a', 5)])
    finish(outbox)
    const before = outbox.row('a')
    expect(outbox.add([notification('a', 6), notification('b')])).toBe(1)
    expect(outbox.row('a')).toEqual(before)
    expect(outbox.statusesOf(['a', 'b', 'unknown'])).toEqual(
      new Map([
        ['a', status],
        ['b', 'pending'],
      ]),
    )
    expect(outbox.counters).toEqual({ added: 2, known: 1, overflowed: 0, folded: 0 })
  })
})

test('a row keeps count of its attempts, and when the first one was', () => {
  const { outbox } = open()
  outbox.add([notification('a')])
  outbox.retry({ id: 'a' }, { started: 10, ended: 10 }, 'x'.repeat(600), 20)
  outbox.retry({ id: 'a' }, { started: 30, ended: 30 }, '503', 40)
  expect(outbox.row('a')).toMatchObject({
    attempts: 2,
    firstAttempt: 10,
    nextAttempt: 40,
    lastError: '503',
    status: 'pending',
  })
  outbox.sent({ id: 'a' }, { started: 50, ended: 60 })
  expect(outbox.row('a')).toMatchObject({
    attempts: 3,
    firstAttempt: 10,
    finishedAt: 60,
    lastError: undefined,
    status: 'sent',
  })
  expect(outbox.counts()).toEqual({ pending: 0, sent: 1, dead: 0, folded: 0 })
})

test('everything survives closing and opening the database', () => {
  const { db, outbox } = open()
  outbox.add([notification('a'), notification('b'), notification('c')])
  outbox.sent({ id: 'a' }, { started: 1, ended: 2 })
  const again = openOutbox(db, { limit: 2 })
  expect(ids(again.pending('slack'))).toEqual(['b', 'c'])
  again.add([notification('a'), notification('d')])
  expect([ids(again.pending('slack')), again.row('b')?.lastError]).toEqual([['c', 'd'], 'outbox full'])
})

describe('at its limit the outbox gives up the oldest of that destination', () => {
  test('marked, counted and logged; other destinations lose nothing', () => {
    const lines: string[] = []
    const { outbox } = open({ limit: 2, log: (line) => lines.push(line) })
    outbox.add([notification('p', 0, 'pager'), notification('a'), notification('b')])
    expect(lines).toEqual([])
    outbox.add([notification('c', 7), notification('d', 8)])
    expect(ids(outbox.pending('slack'))).toEqual(['c', 'd'])
    expect(outbox.row('a')).toMatchObject({ status: 'dead', lastError: 'outbox full', finishedAt: 7 })
    expect(outbox.status('p')).toBe('pending')
    expect(outbox.counters.overflowed).toBe(2)
    expect(lines).toEqual([
      "outbox full: 2 messages wait for 'slack'; gave up the oldest (1 now, 1 since the start)",
      "outbox full: 2 messages wait for 'slack'; gave up the oldest (1 now, 2 since the start)",
    ])
  })

  test('what was sent and what was rolled back does not count', () => {
    const { db, outbox } = open({ limit: 2 })
    outbox.add([notification('a'), notification('b')])
    outbox.sent({ id: 'a' }, { started: 1, ended: 2 })
    db.exec('BEGIN')
    outbox.add([notification('x'), notification('y'), notification('z')])
    db.exec('ROLLBACK')
    outbox.add([notification('c')])
    expect(ids(outbox.pending('slack'))).toEqual(['b', 'c'])
    db.exec('BEGIN')
    outbox.add([notification('d'), notification('e')])
    db.exec('ROLLBACK')
    expect(ids(outbox.pending('slack'))).toEqual(['b', 'c'])
    outbox.add([notification('d')])
    expect(ids(outbox.pending('slack'))).toEqual(['c', 'd'])
  })

  test('one that was on its way meanwhile is sent after all', () => {
    const { outbox } = open({ limit: 1 })
    outbox.add([notification('a'), notification('b')])
    outbox.retry({ id: 'a' }, { started: 1, ended: 1 }, '503', 2)
    expect(outbox.row('a')).toMatchObject({ status: 'dead', lastError: 'outbox full', attempts: 0 })
    outbox.sent({ id: 'a' }, { started: 1, ended: 2 })
    expect(outbox.status('a')).toBe('sent')
  })
})

test('add takes part in the transaction that is open', () => {
  const { db, outbox } = open()
  db.exec('BEGIN')
  outbox.add([notification('a')])
  db.exec('ROLLBACK')
  expect([outbox.status('a'), outbox.add([notification('a')])]).toEqual([undefined, 1])
})

test('pruning leaves what is pending, recent, or finished recently', () => {
  const { outbox } = open()
  const at = (id: string, decided: number) => notification(id, decided * S)
  outbox.add([at('old', 1), at('dead', 1), at('pending', 1), at('late', 1), at('new', 20)])
  outbox.sent({ id: 'old' }, { started: 2 * S, ended: 2 * S })
  outbox.dead({ id: 'dead' }, { started: 2 * S, ended: 2 * S }, '404')
  outbox.sent({ id: 'late' }, { started: 30 * S, ended: 30 * S })
  outbox.sent({ id: 'new' }, { started: 20 * S, ended: 20 * S })
  expect(outbox.prune(10 * S)).toBe(2)
  expect([...outbox.statusesOf(['old', 'dead', 'pending', 'late', 'new']).keys()]).toEqual([
    'pending',
    'late',
    'new',
  ])
  expect(outbox.prune(40 * S)).toBe(2)
  expect(outbox.prune(40 * S)).toBe(0)
})

describe('messages that were folded into one', () => {
  const at = (id: string, decided: number) => notification(id, decided * S)
  const summary = (id: string, decided: number): Notification => ({ ...at(id, decided), folded: 2 })

  function folded(...options: Parameters<typeof open>) {
    const { db, outbox } = open(...options)
    outbox.add([at('a', 1), at('b', 2), at('c', 3)])
    outbox.fold(outbox.pending('slack').slice(0, 2), summary('a+b', 2))
    return { db, outbox }
  }

  test('wait no more; that one waits where the last of them stood', () => {
    const { outbox } = folded()
    expect(ids(outbox.pending('slack'))).toEqual(['a+b', 'c'])
    expect(outbox.row('a')).toMatchObject({ status: 'pending', foldedInto: 'a+b' })
    expect(ids(outbox.partsOf('a+b'))).toEqual(['a', 'b'])
    expect(outbox.counts()).toEqual({ pending: 2, sent: 0, dead: 0, folded: 2 })
    expect([outbox.depth(), outbox.counters.folded]).toEqual([2, 2])
  })

  test.each(['sent', 'dead'] as const)('are %s when that one is', (status) => {
    const { outbox } = folded()
    outbox[status]({ id: 'a+b' }, { started: 5, ended: 6 }, 'HTTP 400')
    expect(outbox.statusesOf(['a', 'b', 'a+b', 'c'])).toEqual(
      new Map([
        ['a', status],
        ['b', status],
        ['a+b', status],
        ['c', 'pending'],
      ]),
    )
    expect(outbox.row('b')).toMatchObject({ attempts: 1, firstAttempt: 5, finishedAt: 6, foldedInto: 'a+b' })
  })

  test('are still recognised by a replay', () => {
    const { outbox } = folded()
    expect(outbox.add([at('a', 1), at('b', 2)])).toBe(0)
  })

  test('belong to the last one, when that is folded again', () => {
    const { outbox } = folded()
    outbox.retry({ id: 'a+b' }, { started: 5, ended: 5 }, '503', 6)
    outbox.fold(outbox.pending('slack'), summary('a+b+c', 3))
    expect(ids(outbox.partsOf('a+b+c'))).toEqual(['a', 'b', 'c'])
    expect(outbox.row('a+b')).toBeUndefined()
    expect(outbox.row('a+b+c')).toMatchObject({ attempts: 1, firstAttempt: undefined })
  })

  test('are all folded, or none', () => {
    const { outbox } = folded()
    expect(() => outbox.fold(outbox.pending('slack'), at('c', 3))).toThrow('UNIQUE')
    expect(ids(outbox.pending('slack'))).toEqual(['a+b', 'c'])
  })

  test('are given up with it when the outbox is full', () => {
    const { outbox } = folded({ limit: 3 })
    outbox.add([at('d', 4), at('e', 5)])
    expect(ids(outbox.pending('slack'))).toEqual(['c', 'd', 'e'])
    expect(outbox.row('a')).toMatchObject({ status: 'dead', lastError: 'outbox full' })
  })
})

describe('dead letters', () => {
  const attempt = { started: 5, ended: 6 }

  function withDead() {
    const { db, outbox } = open()
    const at = (id: string, decided: number, destination?: string) =>
      notification(id, decided * S, destination)
    outbox.add([at('a', 1), at('b', 2), at('p', 3, 'pager'), at('c', 4), at('d', 5)])
    outbox.fold(outbox.pending('slack').slice(0, 2), at('a+b', 2))
    for (const id of ['a+b', 'p', 'c']) outbox.dead({ id }, attempt, 'HTTP 404')
    return { db, outbox }
  }

  test('are listed, the latest first', () => {
    const { outbox } = withDead()
    expect(ids(outbox.deadLetters())).toEqual(['c', 'p', 'a+b'])
    expect(ids(outbox.deadLetters({ destination: 'slack' }))).toEqual(['c', 'a+b'])
    expect(ids(outbox.deadLetters({ limit: 1 }))).toEqual(['c'])
  })

  test.each<[string, Parameters<ReturnType<typeof openOutbox>['retryDead']>[0], number, readonly string[]]>([
    ['one of them', { id: 'c' }, 1, ['c', 'd']],
    ['a folded one, which falls back into its parts', { id: 'a+b' }, 2, ['a', 'b', 'd']],
    ['a part of one', { id: 'a' }, 1, ['a', 'd']],
    ['those of a destination', { destination: 'slack' }, 3, ['a', 'b', 'c', 'd']],
    ['one that is not dead', { id: 'd' }, 0, ['d']],
    ['one that nobody knows', { id: 'x' }, 0, ['d']],
  ])('go out again: %s', (_, which, count, pending) => {
    const { outbox } = withDead()
    expect(outbox.retryDead(which)).toBe(count)
    expect(ids(outbox.pending('slack'))).toEqual(pending)
  })

  test('one whose parts have all gone is gone, and may come again', () => {
    const { outbox } = withDead()
    for (const id of ['a', 'b']) outbox.retryDead({ id })
    expect(outbox.row('a+b')).toBeUndefined()
    outbox.fold(outbox.pending('slack').slice(0, 2), notification('a+b'))
    expect(ids(outbox.pending('slack'))).toEqual(['a+b', 'd'])
  })

  test('begin anew', () => {
    const { outbox } = withDead()
    outbox.retryDead({ destination: 'slack' })
    for (const id of ['a', 'c']) {
      expect(outbox.row(id)).toMatchObject({
        status: 'pending',
        attempts: 0,
        firstAttempt: undefined,
        nextAttempt: 0,
        finishedAt: undefined,
        foldedInto: undefined,
      })
    }
    expect([outbox.row('a+b'), outbox.status('p')]).toEqual([undefined, 'dead'])
  })
})

test('what waits for its retry can be hurried, for one destination', () => {
  const { outbox } = open()
  outbox.add([notification('a'), notification('p', 0, 'pager')])
  for (const id of ['a', 'p']) outbox.retry({ id }, { started: 1, ended: 1 }, '503', 900)
  outbox.hurry('slack')
  expect([outbox.row('a')?.nextAttempt, outbox.row('p')?.nextAttempt]).toEqual([0, 900])
})
