import { expect, test } from 'vitest'
import { makeEvent } from 'weir-protocol'
import type { AlertReport } from '../api/reports/alerts.ts'
import { HostTable } from './host-table.ts'

const alert = (host: string, service: string, severity: string): AlertReport => ({
  ...{ id: 'a', rule: 'r', host, service, status: 'firing', severity, since: 0 },
  ...{ summary: `${host} is bad`, told: [], waiting: [], failed: [], withheld: null, acknowledged: null },
})

/** A table of these events: host, service, state, and when. */
function tableOf(...events: readonly (readonly [string, string, string?, number?])[]): HostTable {
  const hosts = new HostTable()
  for (const [host, service, state, time = 1] of events)
    hosts.event(makeEvent({ host, service, state, time }))
  return hosts
}

const shown = (hosts: HostTable) =>
  hosts.rows().map(({ host, state, states, worst }) => [host, state, { ...states }, worst])

test('a host is as bad as the worst of its services; the worst come first, then by name', () => {
  const hosts = tableOf(
    ...([
      ['b', 'x', 'ok'],
      ['b', 'y', 'warning'],
      ['a', 'x', 'ok'],
      ['d', 'x'],
    ] as const),
    ...([
      ['c', 'x', 'critical'],
      ['e', 'x', 'strange'],
      ['f', 'x', 'warning'],
      ['f', 'y', 'warning'],
    ] as const),
  )
  expect(shown(hosts)).toEqual([
    ['c', 'critical', { critical: 1 }, 'x'],
    ['f', 'warning', { warning: 2 }, 'x'],
    ['b', 'warning', { ok: 1, warning: 1 }, 'y'],
    ['e', 'strange', { strange: 1 }, 'x'],
    ['a', 'ok', { ok: 1 }, ''],
    ['d', null, { '': 1 }, ''],
  ])
})

test('what a service said last counts; one that expired is gone, and a host without services with it', () => {
  const hosts = tableOf(['a', 'x', 'critical', 5], ['a', 'y', 'ok', 9], ['b', 'x', 'ok'], ['a', 'x', 'ok', 7])
  hosts.event(makeEvent({ host: 'b', service: 'x', state: 'expired', time: 9 }))
  expect(hosts.rows()).toEqual([
    { host: 'a', state: 'ok', states: { ok: 2 }, services: 2, heard: 9, worst: '' },
  ])
})

test('an open alert makes its service as bad as it is, and shows a host that has fallen silent', () => {
  const hosts = tableOf(['a', 'disk'], ['a', 'cpu', 'ok'], ['b', 'disk', 'critical'])
  hosts.alerts([
    alert('a', 'disk', 'warning'),
    alert('b', 'disk', 'warning'),
    alert('gone', 'up', 'critical'),
  ])
  expect(shown(hosts)).toEqual([
    ['b', 'critical', { critical: 1 }, 'disk'],
    ['gone', 'critical', { critical: 1 }, 'gone is bad'],
    ['a', 'warning', { warning: 1, ok: 1 }, 'a is bad'],
  ])
  expect(hosts.rows().find(({ host }) => host === 'gone')?.heard).toBeNull()
  hosts.alerts([])
  expect(shown(hosts).map(([host]) => host)).toEqual(['b', 'a'])
})

test('names are just names', () => {
  const hosts = tableOf(['__proto__', 'constructor', '__proto__'], ['', ''])
  expect(hosts.rows().map(({ host }) => host)).toEqual(['__proto__', '-'])
})
