import { expect, test } from 'vitest'
import { table, utc } from './table.ts'

test('columns are as wide as their widest cell, and lines end without spaces', () => {
  const rows = [
    ['a', 'long', 'x'],
    ['bcd', '', ''],
    ['e', 'f'],
  ]
  expect(table(rows, 'none\n')).toBe('a    long  x\nbcd\ne    f\n')
})

test('no rows are said', () => {
  expect(table([], 'none\n')).toBe('none\n')
})

test.each([
  ['a line break', 'disk\r\nfull', 'disk full'],
  ['an escape that clears the screen', 'a\u001b[2Jb', 'a [2Jb'],
  ['one in a single character', 'a\u009b2Jb', 'a 2Jb'],
  ['what turns the direction of writing', 'a\u202eb\u2066c', 'abc'],
  ['a line separator', 'a\u2028b', 'a b'],
  ['an indentation stays', '  a', '  a'],
])('%s', (_, cell, shown) => {
  expect(table([[cell, '|']], '')).toBe(`${shown}  |\n`)
})

test('a moment is said in UTC', () => {
  expect(utc(Date.UTC(2026, 0, 2, 3, 4, 5, 678) * 1000)).toBe('2026-01-02 03:04:05')
})
