import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryDirectory } from '../journal/journal.fixture.ts'
import { isReadOnly, openTables, tablesInMemory } from './open-tables.ts'

test('tables that can only be read are had in memory, with what stands in the log; the files stay as they are', () => {
  const data = temporaryDirectory()
  const db = openTables(data)
  onTestFinished(() => db.close())
  db.exec('create table told (id text); insert into told values (1), (2)')
  expect(existsSync(join(data, 'weir.db-wal'))).toBe(true)
  const files = readdirSync(data)
  const { db: memory, whole } = tablesInMemory(data)
  const ids = () => memory.prepare('select id from told').all().length
  expect([whole, ids()]).toEqual([true, 2])
  memory.exec('insert into told values (3)')
  expect(ids()).toBe(3)
  expect(db.prepare('select id from told').all()).toHaveLength(2)
  expect(readdirSync(data)).toEqual(files)
})

test('where there is no room for a copy, what the file itself has is had', () => {
  const data = temporaryDirectory()
  const db = openTables(data)
  db.exec('create table told (id text); insert into told values (1); pragma wal_checkpoint(truncate)')
  db.exec('insert into told values (2)')
  onTestFinished(() => db.close())
  const before = process.env.TMPDIR
  process.env.TMPDIR = join(data, 'nowhere')
  try {
    const { db: memory, whole } = tablesInMemory(data)
    expect([whole, memory.prepare('select id from told').all()]).toEqual([false, [{ id: '1' }]])
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  }
})

test('a directory without tables gives empty ones; one that is not there, or may be written, is not read-only', () => {
  const data = temporaryDirectory()
  expect(tablesInMemory(data).db.prepare('select * from sqlite_schema').all()).toEqual([])
  expect([isReadOnly(data), isReadOnly(join(data, 'nowhere'))]).toEqual([false, false])
})
