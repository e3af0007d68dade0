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

test('a rule may be made of another one', () => {
  const first = rule('first', { match: { host: 'a' }, stream: filter(() => true) })
  expect(rule('second', { ...first, match: { host: 'b' } })).toEqual({
    name: 'second',
    match: { host: 'b' },
    stream: first.stream,
  })
})

test('a match may be a query alone', () => {
  const stream = filter(() => true)
  expect(rule('errors', { match: 'state = "error"', stream }).match).toEqual({ query: 'state = "error"' })
})

test.each([
  [
    'state == "ok"',
    "rule 'r': match: expected 'and', 'or', the end, or 'count', 'order by', 'limit', found '=='; equal is '=' (column 7)\n  state == \"ok\"\n        ^",
  ],
  [
    { not: { query: 'host ~= "("' } },
    'rule \'r\': match: not a regular expression: a ( without its ), at character 2 of it (column 9)\n  host ~= "("\n          ^',
  ],
  [
    'state = "ok" limit 3',
    'rule \'r\': match: a rule hears of one event at a time: the query can have no order, limit or count\n  state = "ok" limit 3',
  ],
])('a query that a rule cannot have is refused: %j', (match, message) => {
  expect(() => rule('r', { match, stream: filter(() => true) })).toThrow(
    expect.objectContaining({ code: 'WEIR_RULE_INVALID', message }),
  )
})

test.each(['', ' ', '\t\n'])('the name %j is refused', (name) => {
  expect(() => rule(name, { stream: filter(() => true) })).toThrow('a rule needs a name')
})

test.each([
  [
    { servce: 'df-*' },
    "match has no member 'servce'; it has host, service, state, tagged, attributes, query, where, not",
  ],
  [{ not: { taged: 'x' } }, "match has no member 'taged'"],
  [{ not: [{ host: 'a' }, { hots: 'b' }] }, "match has no member 'hots'"],
])('a misspelt member, which would let every event through, is refused: %j', (match, problem) => {
  // As a configuration without types would have it.
  expect(() =>
    rule('disk', { match: JSON.parse(JSON.stringify(match)), stream: filter(() => true) }),
  ).toThrow(problem)
})

test.each([
  [
    { macth: { host: 'a' }, stream: filter(() => true) },
    "a rule has no 'macth'; it has match, stream, lookback",
  ],
  [{ match: { host: 'a' } }, 'stream takes an operator, such as by(…) or index(), or several that pipe()'],
  [{ stream: [filter(() => true)] }, 'stream takes an operator'],
  [undefined, 'a rule has match, stream, lookback, in braces; this one has undefined'],
])('what types would have found is refused without them: %j', (options, problem) => {
  expect(() => rule('r', options as never)).toThrow(`rule 'r': ${problem}`)
})
