import { describe, expect, test } from 'vitest'
import type { Row } from 'weir-hub/live'
import { createRows, keyOf, type Rows } from './rows.ts'
import { row } from './testing/samples.ts'

const shown = (rows: Rows) =>
  rows.cells().map((cell) => `${cell.row().host}|${cell.row().service}=${cell.row().metric}`)

const changes = (...entries: readonly (Row | readonly [string | null, string | null])[]) =>
  new Map(
    entries.map((entry) =>
      'host' in entry ? [keyOf(entry.host, entry.service), entry] : [keyOf(entry[0], entry[1]), null],
    ),
  )

describe('rows', () => {
  test('are in the order of their names, whatever came first', () => {
    const rows = createRows()
    rows.reset([row('web-10', 'cpu'), row('web-2', 'disk'), row('web-2', 'cpu')])
    rows.apply(changes(row('db-1', 'cpu'), row('web-3', 'cpu')))
    expect(shown(rows)).toEqual([
      'db-1|cpu=null',
      'web-2|cpu=null',
      'web-2|disk=null',
      'web-3|cpu=null',
      'web-10|cpu=null',
    ])
  })

  test('change in place: the same cell, the same list', () => {
    const rows = createRows()
    rows.reset([row('web-1', 'cpu', { metric: 1 })])
    const before = rows.cells()
    rows.apply(changes(row('web-1', 'cpu', { metric: 2, description: 'Busy' })))
    expect([rows.cells() === before, before[0]?.row().metric, before[0]?.text().description]).toEqual([
      true,
      2,
      'busy',
    ])
  })

  test('leave, and return as new ones', () => {
    const rows = createRows()
    rows.reset([row('web-1', 'cpu', { metric: 1 }), row('web-2', 'cpu')])
    const [first] = rows.cells()
    rows.apply(changes(['web-1', 'cpu'], ['never', 'seen']))
    expect(shown(rows)).toEqual(['web-2|cpu=null'])
    rows.apply(changes(row('web-1', 'cpu', { metric: 2 })))
    expect(shown(rows)).toEqual(['web-1|cpu=2', 'web-2|cpu=null'])
    expect(rows.cells()[0]).not.toBe(first)
  })

  test('left and returned before anyone looked stand there once', () => {
    const rows = createRows()
    rows.reset([row('web-1', 'cpu', { metric: 1 })])
    rows.apply(changes(['web-1', 'cpu']))
    rows.apply(changes(row('web-1', 'cpu', { metric: 2 })))
    expect(shown(rows)).toEqual(['web-1|cpu=2'])
  })

  test('that a new snapshot still has keep their cell, the others go', () => {
    const rows = createRows()
    rows.reset([row('web-1', 'cpu'), row('web-2', 'cpu')])
    const [stays] = rows.cells()
    rows.reset([row('web-3', 'cpu'), row('web-1', 'cpu', { metric: 7 })])
    expect(shown(rows)).toEqual(['web-1|cpu=7', 'web-3|cpu=null'])
    expect(rows.cells()[0]).toBe(stays)
  })

  test('without a name are not those with an empty one', () => {
    const rows = createRows()
    rows.reset([row(null, 'a'), row('', 'a'), row('a', null), row('a', ''), row('a"', '"a'), row('a', '""a')])
    expect(rows.cells()).toHaveLength(6)
  })

  test('beyond the limit are left out, until others leave', () => {
    const rows = createRows(2)
    rows.reset([row('a', 'x'), row('b', 'x'), row('c', 'x')])
    expect([shown(rows), rows.full()]).toEqual([['a|x=null', 'b|x=null'], true])
    rows.apply(changes(['a', 'x']))
    expect(rows.full()).toBe(false)
    rows.apply(changes(row('d', 'x'), ['b', 'x'], row('e', 'x')))
    expect(shown(rows)).toEqual(['d|x=null', 'e|x=null'])
  })
})
