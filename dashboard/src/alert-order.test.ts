import { expect, test } from 'vitest'
import { alertsWorstFirst } from './alert-order.ts'
import { alert } from './testing/samples.ts'

test('worst first, firing before stale, new before old', () => {
  const alerts = [
    alert('a', 'stale', 'critical', { status: 'stale', since: 900 }),
    alert('a', 'old warning', 'warning', { since: 100 }),
    alert('a', 'odd', 'on fire', { since: 950 }),
    alert('a', 'old', 'critical', { since: 100 }),
    alert('a', 'new', 'critical', { since: 500 }),
    alert('b', 'as new', 'critical', { since: 500 }),
    alert('a', 'new warning', 'warning', { since: 800 }),
  ]
  const expected = ['new', 'as new', 'old', 'stale', 'new warning', 'old warning', 'odd']
  expect(alertsWorstFirst(alerts).map(({ host }) => host)).toEqual(expected)
  expect(alertsWorstFirst(alerts.toReversed()).map(({ host }) => host)).toEqual(expected)
})
