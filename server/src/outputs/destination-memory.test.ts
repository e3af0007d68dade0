import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { openMemory } from './destination-memory.ts'

test('each destination remembers what it wrote last, also over a restart', () => {
  const db = new DatabaseSync(':memory:')
  const slack = openMemory(db)('slack')
  slack.put([
    ['a', '1'],
    ['b', '2'],
  ])
  slack.put([
    ['a', '3'],
    ['b', undefined],
    ['c', '4'],
  ])
  openMemory(db)('pager').put([['a', 'x']])
  const again = openMemory(db)('slack')
  expect(['a', 'b', 'c', 'd'].map((key) => again.get(key))).toEqual(['3', undefined, '4', undefined])
})

test('entries are written together or not at all, in an open transaction too', () => {
  const db = new DatabaseSync(':memory:')
  const memory = openMemory(db)('slack')
  const pair: [string, string] = ['b', '1']
  const bad = Object.defineProperty(pair, 1, {
    get: () => {
      throw new Error('out of memory')
    },
  })
  db.exec('BEGIN')
  memory.put([['c', '1']])
  expect(() => memory.put([['a', '1'], bad])).toThrow('out of memory')
  db.exec('COMMIT')
  expect([memory.get('a'), memory.get('c')]).toEqual([undefined, '1'])
})

test('beyond the limit those are forgotten that were written longest ago', () => {
  const memory = openMemory(new DatabaseSync(':memory:'), 3)('slack')
  for (const key of ['a', 'b', 'c', 'a', 'd']) memory.put([[key, key]])
  expect(['a', 'b', 'c', 'd'].map((key) => memory.get(key))).toEqual(['a', undefined, 'c', 'd'])
})
