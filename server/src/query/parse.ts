import { compileRegex } from '../regex/compile.ts'
import { RegexError } from '../regex/pattern-reader.ts'
import type { Predicate, Query, Value } from './ast.ts'
import { parseClauses } from './clauses.ts'
import { QueryError } from './error.ts'
import { likeTest } from './like.ts'
import { TokenReader } from './token-reader.ts'
import type { Token } from './tokens.ts'

/** The longest query, in UTF-16 units. */
export const QUERY_LIMIT = 65_536
/** How deep `not` and parentheses may stand inside of one another. */
export const DEPTH_LIMIT = 500

/** How many regular expressions a query may have: each may take some megabytes while it is asked. */
export const REGEX_LIMIT = 16

/** How tightly the two chains bind; `not` binds tighter than both. */
const BINDING = { or: 1, and: 2 } as const

/**
 * Reads a query in Riemann's language, and Weir's additions at its end: `count by FIELD…`, `order by FIELD desc…`,
 * `limit N`.
 *
 * What Riemann takes has the meaning that it has there. Throws QueryError (WEIR_QUERY_INVALID), which says where and
 * what; also above QUERY_LIMIT, DEPTH_LIMIT and REGEX_LIMIT, and where a regular expression is none.
 *
 * @example
 * parseQuery('service =~ "http %" and not state = "ok" order by metric desc limit 10')
 */
export function parseQuery(query: string): Query {
  if (query.length > QUERY_LIMIT) {
    throw new QueryError(
      query,
      QUERY_LIMIT,
      `the query has ${query.length} characters, more than ${QUERY_LIMIT}`,
    )
  }
  const tokens = new TokenReader(query)
  if (tokens.next.type === 'end') throw tokens.wrong("the query is empty; 'true' matches everything")
  const where = predicate(tokens, 0, 0)
  return { where, ...parseClauses(tokens) }
}

/** Precedence climbing: a first operand, then all operators that bind tighter than `binding`. */
function predicate(tokens: TokenReader, binding: number, depth: number): Predicate {
  let left = operand(tokens, depth)
  while (true) {
    const { type, text } = tokens.next
    if (type !== 'word' || (text !== 'and' && text !== 'or') || BINDING[text] <= binding) return left
    const terms = [left]
    while (tokens.takeWord(text)) terms.push(predicate(tokens, BINDING[text], depth))
    left = { kind: text, terms }
  }
}

function operand(tokens: TokenReader, depth: number): Predicate {
  if (depth > DEPTH_LIMIT) throw tokens.wrong(`this stands in more than ${DEPTH_LIMIT} parentheses or 'not's`)
  if (tokens.takeWord('not')) return { kind: 'not', term: operand(tokens, depth + 1) }
  if (tokens.isWord('(')) {
    const open = tokens.take()
    const inner = predicate(tokens, 0, depth + 1)
    if (!tokens.takeWord(')')) {
      if (tokens.next.type === 'end') throw tokens.wrong('this parenthesis is not closed', open)
      throw tokens.unexpected("'and', 'or' or ')'")
    }
    return inner
  }
  if (tokens.takeWord('tagged')) return { kind: 'tagged', tag: tokens.takeText("a text after 'tagged'") }
  return comparison(tokens)
}

function comparison(tokens: TokenReader): Predicate {
  const left = value(tokens, 'a field, a value, ')
  const { type, text: op } = tokens.next
  if (type !== 'word') return { kind: 'value', value: left }
  switch (op) {
    case '=':
    case '!=':
      tokens.take()
      return { kind: 'equality', op, left, right: value(tokens, 'a field or a value') }
    case '<':
    case '<=':
    case '>':
    case '>=':
      tokens.take()
      return { kind: 'ordering', op, left, right: number(tokens, op) }
    case '=~':
      tokens.take()
      return { kind: 'like', left, pattern: like(tokens) }
    case '~=':
      tokens.take()
      return { kind: 'regex', left, pattern: regex(tokens) }
    default:
      return { kind: 'value', value: left }
  }
}

function value(tokens: TokenReader, expected: string): Value {
  const token = tokens.next
  const found = numberOf(tokens, token) ?? otherOf(tokens, token)
  if (found === undefined)
    throw tokens.unexpected(expected.endsWith(', ') ? `${expected}'not', 'tagged' or '('` : expected)
  tokens.take()
  return found
}

function like(tokens: TokenReader): string {
  const token = tokens.next
  const pattern = tokens.takeText('a text after \'=~\', such as "web%"')
  return checked(tokens, token, pattern, 'not a pattern', likeTest)
}

function regex(tokens: TokenReader): string {
  const token = tokens.next
  const pattern = tokens.takeText("a regular expression in quotes after '~='")
  tokens.countRegex(REGEX_LIMIT)
  return checked(tokens, token, pattern, 'not a regular expression', compileRegex)
}

function checked(
  tokens: TokenReader,
  token: Token,
  pattern: string,
  problem: string,
  compile: (pattern: string) => unknown,
): string {
  try {
    compile(pattern)
  } catch (error) {
    if (error instanceof RegexError) throw tokens.wrong(`${problem}: ${error.message}`, token)
    throw error
  }
  return pattern
}

/** The right side of `<`: Riemann takes numbers only. */
function number(tokens: TokenReader, op: string): Value {
  const found = numberOf(tokens, tokens.next)
  if (found === undefined) throw tokens.unexpected(`a number after '${op}'`)
  tokens.take()
  return found
}

function numberOf(tokens: TokenReader, token: Token): Value | undefined {
  const { type, text } = token
  if (type === 'float') return { kind: 'float', value: Number(text === '-NaN' ? 'NaN' : text) }
  if (type === 'big') return { kind: 'integer', value: BigInt(text.slice(0, -1)), big: true }
  if (type !== 'integer') return undefined
  if (/[lL]$/.test(text)) throw tokens.wrong(`write ${text.slice(0, -1)}, without the ${text.at(-1)}`)
  const whole = BigInt(text)
  if (BigInt.asIntN(64, whole) !== whole) throw tokens.wrong(`beyond 64 bits; write ${text}N`)
  return { kind: 'integer', value: whole, big: false }
}

function otherOf(tokens: TokenReader, token: Token): Value | undefined {
  if (token.type === 'text') return { kind: 'text', text: tokens.textOf(token) }
  if (token.type === 'name') return { kind: 'field', name: token.text }
  if (token.type !== 'word') return undefined
  if (token.text === 'true') return { kind: 'constant', value: true }
  if (token.text === 'false') return { kind: 'constant', value: false }
  return token.text === 'nil' || token.text === 'null' ? { kind: 'constant', value: null } : undefined
}
