import { expect, test } from 'vitest'
import { filter } from '../streams/filter.ts'
import { rule } from './rule.ts'

test('a rule is its options with a name', () => {
  const stream = filter(() => true)
  expect(rule('disk full', { match: { host: 'db-*' }, stream })).toEqual({
    name: 'disk full',
    match: { host: 'db-*' },
    stream,
  })
})

test.each(['', ' ', '\t\n'])('the name %j is refused', (name) => {
  expect(() => rule(name, { stream: filter(() => true) })).toThrow('a rule needs a name')
})

test.each([
  [
    { servce: 'df-*' },
    "match has no member 'servce'; it has host, service, state, tagged, attributes, where, not",
  ],
  [{ not: { taged: 'x' } }, "match has no member 'taged'"],
  [{ not: [{ host: 'a' }, { hots: 'b' }] }, "match has no member 'hots'"],
])('a misspelt member, which would let every event through, is refused: %j', (match, problem) => {
  // As a configuration without types would have it.
  expect(() =>
    rule('disk', { match: JSON.parse(JSON.stringify(match)), stream: filter(() => true) }),
  ).toThrow(problem)
})
