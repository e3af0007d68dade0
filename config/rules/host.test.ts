import { expect, test } from 'vitest'
import { every, lines, play } from 'weir-hub/testing'
import { hostDown } from './host.ts'

const uptime = { host: 'web-1', service: 'uptime/uptime', metric: 4711, ttl: 20 }

test('a host that falls silent is down when its ttl has run out, and back when it is heard', () => {
  const played = play(
    hostDown,
    every('10s', { from: '0s', until: '5m' }, uptime),
    every('10s', { from: '10m', until: '15m' }, uptime),
  )
  expect(played.timetable({ until: '15m' })).toBe(lines`
    5m 10s  firing    critical  web-1 uptime/uptime  -> ops
    10m     resolved  ok        web-1 uptime/uptime  -> ops`)
  expect(played.notifications.flatMap(({ items }) => items.map(({ summary }) => summary))).toEqual([
    'web-1: nothing heard (uptime/uptime)',
    'web-1: heard again (uptime/uptime)',
  ])
})

test('an application heartbeat counts, too', () => {
  const played = play(
    hostDown,
    every('5s', { from: 0, until: '1m' }, { host: 'app-1', service: 'heartbeat', ttl: 15 }),
  )
  expect(played.timetable({ until: '2m' })).toBe('1m 10s  firing  critical  app-1 heartbeat  -> ops')
})

test('half the fleet is gone: one message', () => {
  const fleet = Array.from({ length: 50 }, (_, n) =>
    every('10s', { from: `${n + 1}s`, until: '5m' }, { ...uptime, host: `web-${n}` }),
  )
  const played = play(hostDown, ...fleet)
  played.timetable({ until: '10m' })
  expect(played.changes).toHaveLength(50)
  expect(played.notifications.map(({ items }) => items.length)).toEqual([50])
})

test('other services say nothing about the host', () => {
  const played = play(
    hostDown,
    every('10s', { from: 0, until: '1m' }, { host: 'web-1', service: 'cpu/percent-idle', ttl: 20 }),
  )
  expect(played.timetable({ until: '10m' })).toBe('')
})
