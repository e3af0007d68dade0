import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Notification } from '../outputs/notification.ts'
import { openOutbox } from '../outputs/outbox.ts'
import { isRefused, SpareTables } from './spare-tables.ts'
import { openAlertTable } from './table.ts'

function messageOf(id: string, at = 10): Notification {
  const item = { status: 'firing', severity: 'critical', key: [], summary: id, since: 1, at: 1 } as const
  return { id, destination: 'ops', rule: 'app', at, items: [item] }
}

/** An outbox on a database that can be made to be full. */
function rig() {
  const db = new DatabaseSync(':memory:')
  const outbox = openOutbox(db)
  openAlertTable(db)
  const spare = new SpareTables(db)
  const ids = (schema: string) =>
    db
      .prepare(`select id, status from ${schema}.outbox order by seq`)
      .all()
      .map(({ id, status }) => `${id} ${status}`)
  const grow = () => outbox.add([{ ...messageOf('large'), rule: 'x'.repeat(100_000) }])
  return {
    db,
    outbox,
    spare,
    ids,
    grow,
    fill: () => {
      const { page_count: pages } = db.prepare('pragma page_count').get() ?? {}
      db.exec(`pragma max_page_count = ${pages}`)
    },
    free: () => db.exec('pragma max_page_count = 1000000'),
  }
}

const DONE = { started: 20, ended: 21 }

describe('tables in memory in place of those on a disk that refuses', () => {
  test('take what is needed, go on with it, and give it back', () => {
    const { outbox, spare, ids, grow, fill, free } = rig()
    outbox.add([messageOf('old', 1), messageOf('sent'), messageOf('waits'), messageOf('known')])
    for (const id of ['old', 'sent']) outbox.sent({ id }, DONE)
    fill()
    expect(grow).toThrow('full')
    spare.take(5)
    grow()
    outbox.add([messageOf('new'), messageOf('known')])
    outbox.sent({ id: 'waits' }, DONE)
    expect([outbox.next('ops')?.id, outbox.depth(), outbox.status('sent')]).toEqual(['known', 3, 'sent'])
    expect(ids('main')).toEqual(['old sent', 'sent sent', 'waits pending', 'known pending'])
    expect(() => spare.giveBack()).toThrow('full')
    expect([spare.active, outbox.depth()]).toEqual([true, 3])
    free()
    spare.giveBack()
    expect(spare.active).toBe(false)
    const all = ['old sent', 'sent sent', 'waits sent', 'known pending', 'large pending', 'new pending']
    expect(ids('main')).toEqual(all)
    outbox.add([messageOf('later')])
    expect(ids('main')).toEqual([...all, 'later pending'])
    spare.giveBack()
  })

  test('keep no more than so many rows that nobody waits for', () => {
    const { outbox, spare, ids } = rig()
    expect(spare.trim(0)).toBe(0)
    spare.take(0)
    outbox.add(Array.from({ length: 10 }, (_, n) => messageOf(`m${n}`)))
    for (let n = 0; n < 8; n++) outbox.sent({ id: `m${n}` }, DONE)
    expect(spare.trim(5)).toBe(5)
    expect(ids('temp')).toEqual(['m5 sent', 'm6 sent', 'm7 sent', 'm8 pending', 'm9 pending'])
  })

  test('whatever is done, when, in them or not: in the end it is as if there had been none', () => {
    const action = fc.oneof(
      fc.record({ do: fc.constantFrom('add', 'sent', 'dead', 'retry', 'fold', 'memory'), id: fc.nat(12) }),
      fc.record({ do: fc.constantFrom('take', 'giveBack'), id: fc.constant(0) }),
    )
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const [plain, other] = [rig(), rig()]
        for (const { do: what, id } of actions) {
          if (what === 'take') other.spare.take(0)
          if (what === 'giveBack') other.spare.giveBack()
          for (const { outbox } of [plain, other]) {
            const key = { id: `m${id}` }
            if (what === 'add') outbox.add([messageOf(key.id)])
            if (what === 'sent') outbox.sent(key, DONE)
            if (what === 'dead') outbox.dead(key, DONE, 'no')
            if (what === 'retry') outbox.retryDead(key)
            if (what === 'memory')
              outbox.memory('ops').put([[`k${id % 3}`, id % 2 === 0 ? `${id}` : undefined]])
            const pending = outbox.pending('ops').slice(0, 2)
            if (what === 'fold' && pending.length === 2 && outbox.row(`f${id}`) === undefined)
              outbox.fold(pending, messageOf(`f${id}`))
          }
        }
        other.spare.giveBack()
        for (const table of ['outbox', 'destination_memory']) {
          const sql = `select * from main.${table} order by seq`
          expect(other.db.prepare(sql).all()).toEqual(plain.db.prepare(sql).all())
        }
      }),
    )
  })
})

test('what the disk refuses is told from what is wrong otherwise', () => {
  const { db, fill, grow } = rig()
  const thrown = (run: () => void) => {
    try {
      run()
    } catch (error) {
      return error
    }
  }
  fill()
  expect(isRefused(thrown(grow))).toBe(true)
  expect(isRefused(thrown(() => db.exec('select * from nowhere')))).toBe(false)
  expect(isRefused(new Error('x'))).toBe(false)
})
