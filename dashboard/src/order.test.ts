import { expect, test } from 'vitest'
import {
  byName,
  type Column,
  clicked,
  naturalKey,
  ordered,
  type Sort,
  type Sortable,
  WORST_FIRST,
} from './order.ts'

interface Named extends Sortable {
  readonly name: string
}

function cell(
  name: string,
  shown: string | null,
  metric: number | null,
  arrival: number,
  ...tags: string[]
): Named {
  const [host = '', service = ''] = name.split(' ')
  const row = {
    host,
    service,
    state: null,
    shown,
    metric,
    description: null,
    tags,
    attributes: {},
    time: 0,
    arrival,
    ttl: null,
  }
  return { name, hostKey: naturalKey(host), serviceKey: naturalKey(service), row: () => row }
}

const cells = [
  cell('web-10 cpu', 'ok', 5, 400, 'web'),
  cell('web-2 cpu', 'ok', -3, 300),
  cell('Web-2 disk', 'critical', null, 500, 'disk'),
  cell('db-1 cpu', null, 1e9, 100, 'db', 'cpu'),
  cell('db-1 oom', 'rebooting', 5, 200),
  cell(' beat', 'warning', null, 600, 'db'),
].sort(byName)

const names = (sort: Sort) => ordered(cells, sort).map((cell) => cell.name.trim())

test('names are ordered as people count, and what has no host comes last', () => {
  expect(cells.map((cell) => cell.name.trim())).toEqual([
    'db-1 cpu',
    'db-1 oom',
    'web-2 cpu',
    'Web-2 disk',
    'web-10 cpu',
    'beat',
  ])
})

test.each<[Column, boolean, string]>([
  ['state', false, 'Web-2 disk, beat, db-1 oom, web-2 cpu, web-10 cpu, db-1 cpu'],
  ['state', true, 'db-1 cpu, web-2 cpu, web-10 cpu, db-1 oom, beat, Web-2 disk'],
  ['host', false, 'db-1 cpu, db-1 oom, web-2 cpu, Web-2 disk, web-10 cpu, beat'],
  ['host', true, 'beat, web-10 cpu, web-2 cpu, Web-2 disk, db-1 cpu, db-1 oom'],
  ['service', false, 'beat, db-1 cpu, web-2 cpu, web-10 cpu, Web-2 disk, db-1 oom'],
  ['service', true, 'db-1 oom, Web-2 disk, db-1 cpu, web-2 cpu, web-10 cpu, beat'],
  ['metric', false, 'db-1 cpu, db-1 oom, web-10 cpu, web-2 cpu, Web-2 disk, beat'],
  ['metric', true, 'web-2 cpu, db-1 oom, web-10 cpu, db-1 cpu, Web-2 disk, beat'],
  ['age', false, 'beat, Web-2 disk, web-10 cpu, web-2 cpu, db-1 oom, db-1 cpu'],
  ['age', true, 'db-1 cpu, db-1 oom, web-2 cpu, web-10 cpu, Web-2 disk, beat'],
  ['tags', false, 'beat, db-1 cpu, Web-2 disk, web-10 cpu, db-1 oom, web-2 cpu'],
  ['tags', true, 'web-10 cpu, Web-2 disk, db-1 cpu, beat, db-1 oom, web-2 cpu'],
])('by %s, reversed %s: %s', (column, reversed, expected) => {
  expect(names({ column, reversed }).join(', ')).toBe(expected)
})

test('a click on a column sorts by it, the next one the other way round', () => {
  const first = clicked(WORST_FIRST, 'metric')
  const second = clicked(first, 'metric')
  expect([first, second, clicked(second, 'metric'), clicked(second, 'host')]).toEqual([
    { column: 'metric', reversed: false },
    { column: 'metric', reversed: true },
    { column: 'metric', reversed: false },
    { column: 'host', reversed: false },
  ])
})
