import { QueryError } from './error.ts'

const SIMPLE: Readonly<Record<string, string>> = {
  t: '\t',
  r: '\r',
  n: '\n',
  b: '\b',
  f: '\f',
  '\\': '\\',
  '"': '"',
}
const OCTAL = /[0-7]{1,3}/y
const OCTAL_ENDS = /[\s,";^()[\]{}\\#]/

/**
 * The text that a token with its quotes stands for, by the rules of EDN: `\t \r \n \b \f \\ \" \u00e9`, and octal.
 * Throws QueryError at an escape that is none of these; `at` is the place of the token in the query.
 *
 * @example
 * textOf('state = "a\\tb"', 8, '"a\\tb"') // a, a tabulator, b
 */
export function textOf(query: string, at: number, token: string): string {
  let text = ''
  let i = 1
  while (i < token.length) {
    const next = token.slice(i).search(/["\\]/)
    if (next < 0) break
    text += token.slice(i, i + next)
    i += next
    if (token[i] === '"') {
      // A text that goes on over an escaped backslash and a quote: Riemann reads it as far as here.
      return text
    }
    const { char, length } = escapeAt(query, at + i, token, i)
    text += char
    i += length
  }
  throw new QueryError(query, at, 'this text has no closing quote; \\" is a quote inside of it')
}

function escapeAt(
  query: string,
  place: number,
  token: string,
  i: number,
): { readonly char: string; readonly length: number } {
  const letter = token[i + 1] ?? ''
  const simple = SIMPLE[letter]
  if (simple !== undefined) return { char: simple, length: 2 }
  if (letter === 'u') {
    const digits = token.slice(i + 2, i + 6)
    if (!/^[0-9a-fA-F]{4}$/.test(digits))
      throw new QueryError(query, place, '\\u takes four hexadecimal digits')
    return { char: String.fromCharCode(Number.parseInt(digits, 16)), length: 6 }
  }
  if (/[0-9]/.test(letter)) {
    OCTAL.lastIndex = i + 1
    const digits = OCTAL.exec(token)?.[0] ?? ''
    const value = Number.parseInt(digits, 8)
    const end = token[i + 1 + digits.length] ?? '"'
    if (digits === '' || value > 0o377 || (digits.length < 3 && !OCTAL_ENDS.test(end)))
      throw new QueryError(query, place, 'a backslash and digits is an octal number from \\0 to \\377')
    return { char: String.fromCharCode(value), length: 1 + digits.length }
  }
  throw new QueryError(
    query,
    place,
    `there is no escape \\${letter}; a backslash itself is written \\\\, so a digit in a regular expression "\\\\d"`,
  )
}
