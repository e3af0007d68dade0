import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { openAlertTable } from './table.ts'

test('of too many decisions the latest are kept', () => {
  const db = new DatabaseSync(':memory:')
  const table = openAlertTable(db, { resolved: 10, decisions: 3 })
  table.log(
    [1, 2, 3, 4, 5].map((at) => ({
      id: `d-${at}`,
      at,
      alert: 'a',
      rule: 'app',
      key: ['web-1'],
      what: 'telling',
      detail: '',
    })),
  )
  const ids = () => db.prepare('select id from decisions order by at').all()
  table.prune(0)
  expect(ids()).toEqual([{ id: 'd-3' }, { id: 'd-4' }, { id: 'd-5' }])
  table.prune(5)
  expect(ids()).toEqual([{ id: 'd-5' }])
})
