import { expect, test } from 'vitest'
import { every, lines, play } from 'weir-hub/testing'
import { diskFull } from './disk.ts'

const root = { host: 'db-1', service: 'df-root/percent_bytes-free', ttl: 20 }

test('under 5 % for five minutes alerts once, and says when it is over', () => {
  const played = play(
    diskFull,
    every('10s', { from: '0s', until: '10m' }, { ...root, metric: 4 }),
    every('10s', { from: '10m', until: '20m' }, { ...root, metric: 60 }),
  )
  expect(played.timetable({ until: '20m' })).toBe(lines`
    5m   firing    critical  db-1 df-root/percent_bytes-free  -> ops
    15m  resolved  ok        db-1 df-root/percent_bytes-free  -> ops`)
  expect(played.notifications.flatMap(({ items }) => items.map(({ summary }) => summary))).toEqual([
    'db-1: / has 4.0 % left',
    'db-1: / has 60.0 % left',
  ])
})

test('under 10 % is a warning, and becomes critical under 5 %', () => {
  const played = play(
    diskFull,
    every('10s', { from: '0s', until: '10m' }, { ...root, metric: 8 }),
    every('10s', { from: '10m', until: '20m' }, { ...root, metric: 3 }),
  )
  expect(played.timetable({ until: '20m' })).toBe(lines`
    5m   firing   warning   db-1 df-root/percent_bytes-free  -> ops
    15m  changed  critical  db-1 df-root/percent_bytes-free  -> ops`)
})

test('a short dip says nothing', () => {
  const played = play(
    diskFull,
    every('10s', { from: '0s', until: '4m' }, { ...root, metric: 1 }),
    every('10s', { from: '4m', until: '20m' }, { ...root, metric: 50 }),
  )
  expect(played.timetable({ until: '20m' })).toBe('')
})

test('a full disk that falls silent is stale, not resolved; heard again as full, it fires on without a message', () => {
  const played = play(
    diskFull,
    every('10s', { from: '0s', until: '6m' }, { ...root, metric: 4 }),
    every('10s', { from: '20m', until: '21m' }, { ...root, metric: 4 }),
  )
  expect(played.timetable({ until: '30m' })).toBe(lines`
    5m       firing  critical  db-1 df-root/percent_bytes-free  -> ops
    6m 10s   stale   expired   db-1 df-root/percent_bytes-free  -> nobody
    20m      firing  critical  db-1 df-root/percent_bytes-free  -> nobody
    21m 10s  stale   expired   db-1 df-root/percent_bytes-free  -> nobody`)
  expect(played.notifications).toHaveLength(1)
})

test("collectd's notifications about disks are not measurements", () => {
  const notification = { ...root, metric: 1, tags: ['notification'], state: 'critical' }
  expect(
    play(diskFull, every('10s', { from: 0, until: '10m' }, notification)).timetable({ until: '20m' }),
  ).toBe('')
})

test('filesystems of one host are told together', () => {
  const played = play(
    diskFull,
    every('10s', { from: 0, until: '6m' }, { ...root, metric: 4 }),
    every('10s', { from: 0, until: '6m' }, { ...root, service: 'df-var-log/percent_bytes-free', metric: 2 }),
  )
  expect(played.messages({ until: '6m' })).toBe(lines`
    5m 5s  ops  firing  critical  db-1 df-root/percent_bytes-free
                firing  critical  db-1 df-var-log/percent_bytes-free`)
  expect(played.notifications.map(({ items }) => items.map(({ summary }) => summary))).toEqual([
    ['db-1: / has 4.0 % left', 'db-1: /var/log has 2.0 % left'],
  ])
})
