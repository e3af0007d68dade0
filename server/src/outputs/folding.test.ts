import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { foldWaiting } from './folding.ts'
import type { Destination, Notification } from './notification.ts'
import { openOutbox } from './outbox.ts'

const SECOND = 1_000_000

/** `3 disk db-1 firing` as a message: decided in second 3. */
function message(line: string, index: number): Notification {
  const [second = '', rule = '', key = '', status = ''] = line.split(' ')
  const at = Number(second) * SECOND
  return {
    id: `${index}`,
    destination: 'ops',
    rule,
    at,
    items: [
      {
        status: status === 'resolved' ? 'resolved' : 'firing',
        severity: 'critical',
        key: [key],
        summary: key,
        since: 0,
        at,
      },
    ],
  }
}

const ops: Destination = {
  kind: 'test',
  name: 'ops',
  describe: '',
  budget: 3,
  deliver: async () => ({ kind: 'sent' }),
}

function play(lines: readonly string[]) {
  const db = new DatabaseSync(':memory:')
  const outbox = openOutbox(db)
  outbox.add(lines.map(message))
  const fold = (second: number, destination = ops) => foldWaiting(outbox, destination, second * SECOND)
  const waiting = () =>
    outbox.pending('ops').map(({ body }) => {
      const { rule, items, folded = 1 }: Notification = JSON.parse(body)
      return `${folded} ${rule}: ${items.map((item) => `${item.key} ${item.status}`).join(', ')}`
    })
  return { db, outbox, fold, waiting }
}

const NEWS = ['1 disk db-1 firing', '2 host db-2 firing', '3 disk db-1 resolved']

test.each<[string, readonly string[], number, readonly string[]]>([
  [
    'what is new and not too much stays',
    NEWS,
    121,
    ['1 disk: db-1 firing', '1 host: db-2 firing', '1 disk: db-1 resolved'],
  ],
  [
    'what waited more than two minutes is one message a rule, in the place of its last',
    NEWS,
    122,
    ['1 host: db-2 firing', '2 disk: db-1 blip'],
  ],
  [
    'what is more than the budget is one message a rule',
    [...NEWS, '4 disk db-3 firing'],
    5,
    ['1 host: db-2 firing', '3 disk: db-1 blip, db-3 firing'],
  ],
  [
    'where the rules are more than the budget, it is one message in all',
    ['1 a x firing', '2 b x firing', '3 c x firing', '4 d x firing', '5 a x resolved'],
    6,
    ['5 4 rules: x blip, x firing, x firing, x firing'],
  ],
  ['a single message stays', ['1 disk db-1 firing'], 9_000, ['1 disk: db-1 firing']],
  [
    'messages of different rules stay apart',
    ['1 a x firing', '2 b x firing'],
    9_000,
    ['1 a: x firing', '1 b: x firing'],
  ],
])('%s', (_, lines, now, expected) => {
  const { fold, waiting } = play(lines)
  fold(now)
  expect(waiting()).toEqual(expected)
})

test('it tells how many became how many, and does nothing the second time', () => {
  const { fold } = play(NEWS)
  expect([fold(122), fold(122)]).toEqual([{ from: 2, to: 1 }, undefined])
})

test('what comes later joins what was folded', () => {
  const { outbox, fold, waiting } = play(NEWS)
  fold(122)
  outbox.add([message('125 disk db-1 firing', 7)])
  fold(300)
  expect(waiting()).toEqual(['1 host: db-2 firing', '3 disk: db-1 firing'])
  expect(outbox.counts()).toMatchObject({ pending: 2, folded: 3 })
})

test('what comes later joins a message about several rules, too', () => {
  const { outbox, fold, waiting } = play(['1 a x firing', '2 b x firing', '3 c x firing', '4 d x firing'])
  fold(5)
  outbox.add([message('6 b x resolved', 7)])
  fold(5)
  expect(waiting()).toEqual(['4 4 rules: x firing, x firing, x firing, x firing', '1 b: x resolved'])
  fold(300)
  expect(waiting()).toEqual(['5 4 rules: x firing, x blip, x firing, x firing'])
})

test.each([0, 2.5, 1e6, Number.POSITIVE_INFINITY, Number.NaN])('a budget of %d harms nobody', (budget) => {
  const { outbox, fold } = play(NEWS)
  fold(122, { ...ops, budget })
  expect(outbox.depth()).toBe(budget === 0 ? 1 : Number.isFinite(budget) ? 2 : 3)
})

test('a destination without a budget gets every message', () => {
  const { outbox, fold } = play(Array.from({ length: 500 }, (_, index) => `${index} disk db-1 firing`))
  const { budget, ...program } = ops
  expect(fold(9_000, program)).toBeUndefined()
  expect([outbox.depth(), budget]).toEqual([500, 3])
})

describe('limits', () => {
  test('a thousand messages at a time; the others join them the next time', () => {
    const { outbox, fold } = play(
      Array.from({ length: 1_500 }, (_, index) => `${index} disk db-${index} firing`),
    )
    expect([fold(9_000), outbox.depth()]).toEqual([{ from: 1_000, to: 1 }, 501])
    expect([fold(9_000), outbox.depth()]).toEqual([{ from: 501, to: 1 }, 1])
    expect(outbox.counts().folded).toBe(1_500)
  })

  test('ten thousand alerts in a message, unless one alone has more', () => {
    const { outbox, fold } = play([])
    const sizes = [9_000, 1_000, 1, 20_000, 1]
    outbox.add(
      sizes.map((size, index) => {
        const { items, ...rest } = message('1 disk x firing', index)
        const all = Array.from({ length: size }, (_, key) =>
          items.map((item) => ({ ...item, key: [`${index}`, `${key}`] })),
        )
        return { ...rest, items: all.flat() }
      }),
    )
    fold(0)
    const told = outbox.pending('ops').map(({ body }) => JSON.parse(body).items.length)
    expect(told.sort((a, b) => a - b)).toEqual([1, 1, 10_000, 20_000])
  })

  test('a row that nobody can read is left alone', () => {
    const { db, outbox, fold } = play(NEWS)
    db.exec(`UPDATE outbox SET body = '{' WHERE id = '1'`)
    expect(fold(9_000)).toEqual({ from: 2, to: 1 })
    expect(outbox.pending('ops').map(({ id }) => id)).toEqual(['1', 'fold-2-2'])
  })
})
