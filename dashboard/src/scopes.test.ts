import { expect, test } from 'vitest'
import { scopesOf } from './scopes.ts'
import { alert } from './testing/samples.ts'

test('a silence may hold back this alert, its rule on the host, the host, or the rule', () => {
  expect(scopesOf(alert('disk full', 'db-1', 'critical', { service: 'df-root' }))).toEqual([
    { text: 'this alert', match: { rule: 'disk full', host: 'db-1', service: 'df-root' } },
    { text: "'disk full' on db-1", match: { rule: 'disk full', host: 'db-1' } },
    { text: 'everything on db-1', match: { host: 'db-1' } },
    { text: "'disk full' everywhere", match: { rule: 'disk full' } },
  ])
})

test('one that is about no host has no host to silence', () => {
  expect(scopesOf(alert('queue', null, 'critical')).map(({ match }) => match)).toEqual([
    { rule: 'queue' },
    { rule: 'queue' },
  ])
})
