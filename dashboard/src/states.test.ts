import { expect, test } from 'vitest'
import { KINDS, kindOf, rankOf } from './states.ts'

test.each([
  ['ok', 'ok'],
  ['OK', 'ok'],
  ['Critical', 'critical'],
  ['warning', 'warning'],
  ['expired', 'expired'],
  ['stale', 'stale'],
  ['rebooting', 'other'],
  ['other', 'other'],
  ['none', 'none'],
  ['', 'none'],
  [null, 'none'],
  ['__proto__', 'other'],
  [' ok', 'other'],
])('the state %j is shown as %s', (state, kind) => {
  expect(kindOf(state)).toBe(kind)
})

test('critical is the worst, a row without a state the least', () => {
  expect([...KINDS].sort((a, b) => rankOf(a) - rankOf(b))).toEqual([
    'critical',
    'warning',
    'stale',
    'expired',
    'other',
    'ok',
    'none',
  ])
})
