import { expect, test } from 'vitest'
import type { Notification, NotificationItem } from './notification.ts'
import { areHosts, byRule, groupsOf, lineOf, remarksOf } from './wording.ts'

const item: NotificationItem = {
  status: 'firing',
  severity: 'critical',
  key: ['db-1'],
  host: 'db-1',
  service: 'load',
  summary: 'too much to do',
  since: 0,
  at: 0,
}

const about = (...items: readonly NotificationItem[]): Notification => ({
  id: 'n-1',
  destination: 'log',
  rule: 'load',
  at: 0,
  items,
})

test.each<[string, readonly NotificationItem[], string]>([
  ['one', [item], 'load: critical: too much to do (db-1 load), since 1970-01-01 00:00:00 UTC'],
  [
    'one whose summary names its host',
    [{ ...item, summary: 'db-1 toils' }],
    'load: critical: db-1 toils, since 1970-01-01 00:00:00 UTC',
  ],
  [
    'one with neither host nor service nor key',
    [{ ...item, host: undefined, service: '', key: [''] }],
    'load: critical: too much to do, since 1970-01-01 00:00:00 UTC',
  ],
  [
    'one that says nothing',
    [{ ...item, severity: '', status: 'stale', summary: '' }],
    'load: stale, was (no state): nothing is heard any more: (db-1 load)',
  ],
  [
    'one that would write lines of its own',
    [{ ...item, status: 'resolved', summary: 'ok\n2026-01-01 ERROR hub: stopped', at: 61_000_000 }],
    'load: resolved after 1m 1s, was critical: ok 2026-01-01 ERROR hub: stopped (db-1 load)',
  ],
  [
    'one that is closed without being well',
    [{ ...item, status: 'resolved', reason: 'its rule is\ngone', at: 61_000_000 }],
    'load: closed after 1m 1s, was critical: its rule is gone: too much to do (db-1 load)',
  ],
  ['hosts', [item, { ...item, host: 'db-2' }], 'load: 2 hosts critical: db-1, db-2'],
  [
    'services of a host',
    [item, { ...item, service: 'cpu', status: 'changed', previous: 'warning' }],
    'load: 1 alert critical: db-1 load; 1 alert warning → critical: db-1 cpu',
  ],
  [
    'several rules',
    [
      { ...item, severity: 'warning', rule: 'load' },
      { ...item, rule: 'disk full' },
    ],
    '1 messages in one, about load: disk full: critical: too much to do (db-1 load), since 1970-01-01 00:00:00 UTC; load: warning: too much to do (db-1 load), since 1970-01-01 00:00:00 UTC',
  ],
  ['none', [], 'load:'],
])('%s, in one line', (_, items, line) => {
  expect(lineOf(about(...items))).toBe(line)
})

test('the loudest come first, otherwise the order stays', () => {
  const all = about(
    { ...item, status: 'resolved' },
    { ...item, severity: 'warning' },
    { ...item, status: 'stale' },
    { ...item, severity: 'page' },
    item,
    { ...item, severity: 'ticket' },
    { ...item, status: 'blip' },
  )
  expect(groupsOf(all).map(({ tone, label }) => `${tone} ${label}`)).toEqual([
    'critical critical',
    'other page',
    'other ticket',
    'warning warning',
    'stale stale',
    'over resolved',
    'over already over',
  ])
})

test('hosts are counted only where each item has one of its own', () => {
  expect(areHosts([item, { ...item, host: 'db-2' }])).toBe(true)
  expect(areHosts([item, item])).toBe(false)
  expect(areHosts([item, { ...item, host: undefined }])).toBe(false)
})

test('a message about several rules falls into one for each, the loudest first', () => {
  const all = about(
    { ...item, severity: 'warning', rule: 'a' },
    { ...item, status: 'resolved', rule: 'b' },
    { ...item, rule: 'c' },
    { ...item, rule: 'a' },
  )
  expect(byRule(all).map(({ rule, items }) => `${rule} ${items.length}`)).toEqual(['a 2', 'c 1', 'b 1'])
  expect(byRule(about(item))).toEqual([about(item)])
})

test.each<[Partial<Notification>, number | undefined, readonly string[]]>([
  [{}, undefined, []],
  [{ at: 0 }, 299_999_999, []],
  [{ at: 0 }, 300_000_000, ['told 5m late']],
  [{ at: 0, folded: 3 }, 7_200_000_000, ['3 messages in one', 'told 2h late']],
])('%j at %i is remarked: %j', (more, now, remarks) => {
  expect(remarksOf({ ...about(item), ...more }, now)).toEqual(remarks)
})
