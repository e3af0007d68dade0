import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Predicate, Query, Value } from './ast.ts'
import { QueryError } from './error.ts'
import { DEPTH_LIMIT, parseQuery, QUERY_LIMIT } from './parse.ts'
import { printQuery } from './print.ts'

describe('what binds how', () => {
  test.each([
    ['a or b and c', 'a or b and c'],
    ['(a or b) and c', '(a or b) and c'],
    ['(a and b) or c', 'a and b or c'],
    ['not a and b', 'not a and b'],
    ['not (a and b)', 'not (a and b)'],
    ['not host = "x"', 'not host = "x"'],
    ['((host = "a"))', 'host = "a"'],
    ['a and (b and c)', 'a and (b and c)'],
    ['host="a"and true'.replace('="', ' ="'), 'host = "a" and true'],
    ['host = "a",and service = "b"', 'host = "a" and service = "b"'],
    ['null', 'nil'],
    ['metric > 1e3', 'metric > 1000.0'],
    ['metric = -5N', 'metric = -5N'],
    ['"\\u00e9\\101"', '"éA"'],
    ['a:b', 'a:b'],
    ['+5', '+5'],
    ['metric>1', 'metric>1'],
    ['host\\', 'host'],
    ['true count', 'true count'],
    [
      'true count by host, state order by metric desc limit 3',
      'true count by host state order by metric desc limit 3',
    ],
    ['state = "ok" order by metric desc, host asc', 'state = "ok" order by metric desc, host'],
    ['order = 1 order by order limit 1', 'order = 1 order by order limit 1'],
  ])('%s', (query, printed) => {
    expect(printQuery(parseQuery(query))).toBe(printed)
  })
})

describe('errors say where, and what would be right', () => {
  test.each([
    ['', 0, "the query is empty; 'true' matches everything"],
    [' , ', 3, "the query is empty; 'true' matches everything"],
    ['host = ', 7, 'the query ends where a field or a value should follow'],
    ['up down left', 3, "expected 'and', 'or', the end, or 'count', 'order by', 'limit', found 'down'"],
    [
      'state="ok"',
      6,
      `expected 'and', 'or', the end, or 'count', 'order by', 'limit', found "ok"; put spaces around =`,
    ],
    [
      'metric >1',
      7,
      "expected 'and', 'or', the end, or 'count', 'order by', 'limit', found '>1'; put spaces around >",
    ],
    ['a == 1', 2, "expected 'and', 'or', the end, or 'count', 'order by', 'limit', found '=='; equal is '='"],
    [
      'a AND b',
      2,
      "expected 'and', 'or', the end, or 'count', 'order by', 'limit', found 'AND'; 'and' is written small",
    ],
    ['(a', 0, 'this parenthesis is not closed'],
    ['(a b', 3, "expected 'and', 'or' or ')', found 'b'"],
    ['a)', 1, "expected 'and', 'or', the end, or 'count', 'order by', 'limit', found ')'"],
    ['metric < host', 9, "expected a number after '<', found 'host'"],
    ['host =~ 5', 8, "expected a text after '=~', such as \"web%\", found '5'"],
    ['host ~= x', 8, "expected a regular expression in quotes after '~=', found 'x'"],
    ['tagged a', 7, "expected a text after 'tagged', found 'a'"],
    ['host = "a', 7, 'this text has no closing quote'],
    ["host = 'a'", 7, "texts stand in double quotes, not '"],
    [
      'host = "\\d"',
      8,
      'there is no escape \\d; a backslash itself is written \\\\, so a digit in a regular expression "\\\\d"',
    ],
    ['host = "\\u00g0"', 8, '\\u takes four hexadecimal digits'],
    ['host = "\\400"', 8, 'a backslash and digits is an octal number from \\0 to \\377'],
    ['metric = 0x1F', 9, 'numbers are written in decimal'],
    ['metric = 5L', 9, 'write 5, without the L'],
    ['metric = 9223372036854775808', 9, 'beyond 64 bits; write 9223372036854775808N'],
    ['50 % 3', 3, "'%' means nothing here"],
    ['true limit 0', 11, "expected a whole number from 1 to 100000 after 'limit', found '0'"],
    ['true limit many', 11, "expected a whole number from 1 to 100000 after 'limit', found 'many'"],
    ['true order metric', 11, "expected 'by' after 'order', found 'metric'"],
    ['true limit 3 order by host', 13, "expected the end, found 'order'"],
    ['limit 3', 6, "expected 'and', 'or', the end, or 'count', 'order by', 'limit', found '3'"],
  ])('%j', (query, at, problem) => {
    const error = errorOf(query)
    expect([error.at, error.problem]).toEqual([at, problem])
  })

  test('the message has line, column and a mark', () => {
    expect(errorOf('host = "a"\n  and state == "ok"').message).toBe(
      [
        "expected 'and', 'or', the end, or 'count', 'order by', 'limit', found '=='; equal is '=' (line 2, column 13)",
        '    and state == "ok"',
        '              ^',
      ].join('\n'),
    )
  })

  test('of a long line the message has the part around the place', () => {
    const { message } = errorOf(`${'host = "a" or '.repeat(1000)}%${' or host = "b"'.repeat(1000)}`)
    expect(message.length).toBeLessThan(300)
    expect(message).toMatch(/…[^…]{60}%[^…]+…\n {63}\^$/)
  })
})

describe('limits', () => {
  const parens = (depth: number) => `${'('.repeat(depth)}true${')'.repeat(depth)}`
  test.each([
    ['parentheses', parens],
    ["'not's", (depth: number) => `${'not '.repeat(depth)}true`],
    ['both', (depth: number) => `${'not ('.repeat(depth / 2)}true${')'.repeat(depth / 2)}`],
  ])('%s', (_, query) => {
    expect(parseQuery(query(DEPTH_LIMIT))).toBeDefined()
    expect(errorOf(query(DEPTH_LIMIT + 2)).problem).toBe("this stands in more than 500 parentheses or 'not's")
    expect(errorOf(query(10_000)).problem).toBe("this stands in more than 500 parentheses or 'not's")
  })

  test('a chain is not deep', () => {
    const query = Array.from({ length: 5_000 }, (_, n) => `a = ${n}`).join(' or ')
    expect(parseQuery(query).where).toMatchObject({ kind: 'or', terms: { length: 5_000 } })
  })

  test('a megabyte', () => {
    expect(errorOf('a'.repeat(QUERY_LIMIT + 1)).problem).toBe(
      'the query has 65537 characters, more than 65536',
    )
    expect(errorOf('a or '.repeat(200_000)).message.length).toBeLessThan(300)
    expect(parseQuery('a'.repeat(QUERY_LIMIT))).toBeDefined()
  })
})

test('what is printed reads as what it was', () => {
  fc.assert(
    fc.property(query, (query) => {
      expect(parseQuery(printQuery(query))).toEqual(query)
    }),
  )
})

test('whatever is asked is read, or refused with its place', () => {
  const words = [
    'and',
    'or',
    'not',
    '(',
    ')',
    '=',
    '!=',
    '<',
    '=~',
    '~=',
    'tagged',
    '"a"',
    '"\\\\"',
    '\\',
    '1',
    '2.5',
    'host',
  ]
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.constantFrom(...words)).map((all) => all.join(' ')),
  )
  fc.assert(
    fc.property(texts, (text) => {
      try {
        const query = parseQuery(text)
        expect(parseQuery(printQuery(query))).toEqual(query)
      } catch (error) {
        if (!(error instanceof QueryError)) throw error
        expect(error.at).toBeLessThanOrEqual(text.length)
      }
    }),
    { numRuns: 1000 },
  )
})

function errorOf(query: string): QueryError {
  try {
    parseQuery(query)
  } catch (error) {
    if (error instanceof QueryError) return error
    throw error
  }
  throw new Error(`no error: ${query}`)
}

const name = fc.constantFrom('host', 'service', 'metric', 'x-y', 'a:b', 'größe', '--5', 'a=b', 'android', '-')
const text = fc.string({ unit: 'binary' })
const literals: fc.Arbitrary<Value>[] = [
  text.map((text) => ({ kind: 'text', text })),
  fc
    .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    .map((value) => ({ kind: 'integer', value, big: false })),
  fc.bigInt().map((value) => ({ kind: 'integer', value, big: true })),
]
const number: fc.Arbitrary<Value> = fc.oneof(
  ...literals.slice(1),
  fc.double().map((value): Value => ({ kind: 'float', value })),
)
const value: fc.Arbitrary<Value> = fc.oneof(
  ...literals,
  number,
  fc.constantFrom<Value>({ kind: 'constant', value: true }, { kind: 'constant', value: null }),
  name.map((name): Value => ({ kind: 'field', name })),
)
const { predicate } = fc.letrec<{ predicate: Predicate }>((tie) => ({
  predicate: fc.oneof(
    { maxDepth: 5 },
    value.map((value): Predicate => ({ kind: 'value', value })),
    text.map((tag): Predicate => ({ kind: 'tagged', tag })),
    fc.record({
      kind: fc.constant('equality' as const),
      op: fc.constantFrom('=', '!='),
      left: value,
      right: value,
    }),
    fc.record({
      kind: fc.constant('ordering' as const),
      op: fc.constantFrom('<', '<=', '>', '>='),
      left: value,
      right: number,
    }),
    fc.record({ kind: fc.constant('like' as const), left: value, pattern: text }),
    fc.record({
      kind: fc.constant('regex' as const),
      left: value,
      pattern: fc.constantFrom('a+', '^\\d$', '"'),
    }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      terms: fc.array(tie('predicate'), { minLength: 2, maxLength: 4 }),
    }),
    tie('predicate').map((term): Predicate => ({ kind: 'not', term })),
  ),
}))
const query: fc.Arbitrary<Query> = fc
  .record({
    where: predicate,
    by: fc.option(fc.array(name.filter((each) => each !== 'metric'))),
    order: fc.array(fc.record({ field: name, descending: fc.boolean() })),
    limit: fc.option(fc.integer({ min: 1, max: 100_000 })),
  })
  .map(({ where, by, order, limit }) => ({
    where,
    ...(by === null ? {} : { count: { by } }),
    order,
    ...(limit === null ? {} : { limit }),
  }))
