import { QueryError } from './error.ts'

export type TokenType = 'word' | 'text' | 'float' | 'integer' | 'big' | 'name' | 'end'

/** `word` is an operator, a parenthesis or a keyword; `name` the name of a field. */
export interface Token {
  readonly type: TokenType
  /** As it was written. */
  readonly text: string
  readonly at: number
}

const KEYWORDS = new Set(['and', 'or', 'not', 'tagged', 'true', 'false', 'nil', 'null'])
const OPERATORS = new Set(['=', '!=', '<', '<=', '>', '>='])

// What a name may begin with is what no other token needs; it goes on with digits too, and with a colon between.
const HEAD = String.raw`[^0-9^\`'"#~@:/%()[\]{} \n\r\t,\\]`
const REST = String.raw`[^^\`'"#~@:/%()[\]{} \n\r\t,\\]`
const NAME = new RegExp(`${HEAD}${REST}*(?::${REST}+)*`, 'y')
const FLOAT = /-?(?:[0-9]+(?:\.[0-9]+(?:[eE]-?[0-9]+)?|[eE]-?[0-9]+)|Infinity|NaN)/y
const BIG = /-?[0-9]+[nN]/y
const INTEGER = /-?[0-9]+[lL]?/y
const HEXADECIMAL = /0[xX][0-9a-fA-F]+/y
const BLANKS = /[ \n\r\t,]*/y

/**
 * Cuts a query into tokens as Riemann's grammar does: the longest token wins. So `metric>1` is one name, which is what
 * it is in Riemann, and commas are blanks.
 *
 * Throws QueryError at what is no token.
 */
export function tokensOf(query: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (true) {
    at += longest(BLANKS, query, at).length
    // Riemann takes a backslash at the very end for a blank.
    if (at === query.length || (query[at] === '\\' && at === query.length - 1)) break
    const token = tokenAt(query, at)
    tokens.push(token)
    at += token.text.length
  }
  tokens.push({ type: 'end', text: '', at })
  return tokens
}

function tokenAt(query: string, at: number): Token {
  const first = query[at] ?? ''
  if (first === '"') return { type: 'text', text: textAt(query, at), at }
  if (first === '(' || first === ')') return { type: 'word', text: first, at }
  const two = query.slice(at, at + 2)
  if (two === '~=' || two === '=~') return { type: 'word', text: two, at }
  const name = longest(NAME, query, at)
  if (KEYWORDS.has(name) || OPERATORS.has(name)) return { type: 'word', text: name, at }
  const forms: readonly (readonly [TokenType, string])[] = [
    ['float', longest(FLOAT, query, at)],
    ['integer', longest(INTEGER, query, at)],
    ['big', longest(BIG, query, at)],
    ['name', name],
  ]
  const [type, text] = forms.reduce((best, form) => (form[1].length > best[1].length ? form : best))
  if (longest(HEXADECIMAL, query, at).length > text.length)
    throw new QueryError(query, at, 'numbers are written in decimal')
  if (text === '') throw new QueryError(query, at, strange(first, query, at))
  return { type, text, at }
}

function longest(pattern: RegExp, query: string, at: number): string {
  pattern.lastIndex = at
  return pattern.exec(query)?.[0] ?? ''
}

/**
 * A text with its quotes. It goes on over a quote with a backslash before it, even where that is itself escaped, as
 * far as there is a quote to end it: so Riemann reads it, too.
 */
function textAt(query: string, at: number): string {
  let end = -1
  for (let quote = query.indexOf('"', at + 1); quote >= 0; quote = query.indexOf('"', quote + 1)) {
    end = quote
    if (query[quote - 1] !== '\\') break
  }
  if (end < 0) throw new QueryError(query, at, 'this text has no closing quote')
  return query.slice(at, end + 1)
}

function strange(char: string, query: string, at: number): string {
  if (char === "'" || char === '`') return `texts stand in double quotes, not ${char}`
  if (char === '~' && query[at - 1] === '=') return 'put spaces around =~'
  if (char === '~') return "'~' means nothing; a regular expression is matched with ~="
  if (char === '\\') return 'a backslash may stand only inside of a text'
  return `'${String.fromCodePoint(query.codePointAt(at) ?? 0)}' means nothing here`
}
