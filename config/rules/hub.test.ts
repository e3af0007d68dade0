import { expect, test } from 'vitest'
import { at, every, lines, play } from 'weir-hub/testing'
import { hubHealth, proofOfLife } from './hub.ts'

const hub = { host: 'hub-1', ttl: 90, tags: ['weir'] }

test('a hub in trouble says so, and when it is over', () => {
  const delay = { ...hub, service: 'weir/event-loop-delay' }
  const depth = { ...hub, service: 'weir/outbox-depth' }
  const drops = { ...hub, service: 'weir/drops' }
  const played = play(
    hubHealth,
    every('30s', { from: 0, until: '10m' }, { ...delay, metric: 0.01 }),
    every('30s', { from: '10m', until: '15m' }, { ...delay, metric: 6 }),
    every('30s', { from: '15m', until: '1h' }, { ...delay, metric: 0.01 }),
    every('30s', { from: 0, until: '20m' }, { ...depth, metric: 51 }),
    every('30s', { from: '20m', until: '1h' }, { ...depth, metric: 0 }),
    every('30s', { from: 0, until: '30m' }, { ...drops, metric: 0 }),
    at('30m', { ...drops, metric: 7 }),
    every('30s', { from: '1830s', until: '1h' }, { ...drops, metric: 0 }),
    at('50m', { ...hub, service: 'weir/journal', state: 'critical', description: 'nothing is recorded' }),
    at('51m', { ...hub, service: 'weir/journal', state: 'ok', description: 'recording' }),
  )
  expect(played.timetable({ until: '1h' })).toBe(lines`
    11m      firing    critical  hub-1 weir/event-loop-delay  -> ops
    15m      firing    warning   hub-1 weir/outbox-depth      -> ops
    17m      resolved  ok        hub-1 weir/event-loop-delay  -> ops
    22m      resolved  ok        hub-1 weir/outbox-depth      -> ops
    30m      firing    warning   hub-1 weir/drops             -> ops
    40m 30s  resolved  ok        hub-1 weir/drops             -> ops
    50m      firing    critical  hub-1 weir/journal           -> ops
    51m      resolved  ok        hub-1 weir/journal           -> ops`)
})

test('messages that were given up are told', () => {
  const dead = { ...hub, service: 'weir/dead-letters' }
  const played = play(
    hubHealth,
    at('1m', { ...dead, metric: 2 }),
    every('30s', { from: '90s', until: '20m' }, { ...dead, metric: 0 }),
  )
  expect(played.timetable({ until: '20m' })).toBe(lines`
    1m       firing    warning  hub-1 weir/dead-letters  -> ops
    11m 30s  resolved  ok       hub-1 weir/dead-letters  -> ops`)
})

test('each probe is a ping', () => {
  const probe = { ...hub, service: 'weir/probe', state: 'ok' }
  const played = play(proofOfLife, every('1m', { from: 0, until: '3m' }, probe))
  played.timetable({ until: '3m' })
  expect(played.notifications.map(({ destination }) => destination)).toEqual([
    'heartbeat',
    'heartbeat',
    'heartbeat',
  ])
})
