import { expect, test } from 'vitest'
import type { AlertView, Row } from 'weir-hub/live'
import { tally } from './hosts.ts'
import { KINDS } from './states.ts'
import { alert, row } from './testing/samples.ts'

const shown = (rows: readonly Row[], alerts: readonly AlertView[] = []) =>
  tally(rows, alerts).hosts.map(({ host, worst, counts }) => {
    const counted = KINDS.filter((kind) => counts[kind] > 0).map((kind) => `${counts[kind]} ${kind}`)
    return `${host} is ${worst}: ${counted.join(', ')}`
  })

test('hosts come worst first, then the one with more that is as bad, then by name', () => {
  const rows = [
    row('web-10', 'cpu', { state: 'ok' }),
    row('web-2', 'cpu', { state: 'ok' }),
    row('web-2', 'mem', { state: 'ok' }),
    row('db-1', 'cpu', { state: 'warning' }),
    row('db-2', 'cpu', { state: 'warning' }),
    row('db-2', 'mem', { state: 'warning' }),
    row('cache-1', 'cpu', { state: 'ok' }),
    row('cache-1', 'mem', { state: 'critical' }),
    row('lb-1', 'cpu'),
    row(null, 'cpu', { state: 'rebooting' }),
    row('', 'mem', { state: 'expired' }),
  ]
  expect(shown(rows)).toEqual([
    'cache-1 is critical: 1 critical, 1 ok',
    'db-2 is warning: 2 warning',
    'db-1 is warning: 1 warning',
    ' is expired: 1 expired, 1 other',
    'web-2 is ok: 2 ok',
    'web-10 is ok: 1 ok',
    'lb-1 is none: 1 none',
  ])
})

test('what a row shows counts, not what the event said', () => {
  expect(shown([row('db-1', 'disk', { state: 'ok', shown: 'critical' })])).toEqual([
    'db-1 is critical: 1 critical',
  ])
})

test('a host that only alerts know is there, and an alert whose row is there counts once', () => {
  const rows = [row('db-1', 'disk', { shown: 'critical' })]
  const alerts = [
    alert('disk full', 'db-1', 'critical', { service: 'disk' }),
    alert('host down', 'web-9', 'warning'),
    alert('host gone', 'web-9', 'critical'),
  ]
  expect(shown(rows, alerts)).toEqual(['db-1 is critical: 1 critical', 'web-9 is critical: 1 critical'])
})

test('all rows are counted; what only an alert knows is none', () => {
  const rows = [row('a', 'x', { state: 'ok' }), row('b', 'x', { state: 'ok' }), row('b', 'y')]
  expect(tally(rows, [alert('r', 'c', 'critical')]).rows).toEqual({
    critical: 0,
    warning: 0,
    stale: 0,
    expired: 0,
    other: 0,
    ok: 2,
    none: 1,
  })
})

test('nothing is no host', () => {
  expect(tally([], []).hosts).toEqual([])
})

test('hosts may be called anything', () => {
  expect(shown([row('__proto__', 'constructor', { state: '__proto__' })])).toEqual([
    '__proto__ is other: 1 other',
  ])
})
