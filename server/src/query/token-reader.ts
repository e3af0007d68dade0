import { QueryError } from './error.ts'
import { textOf } from './text-literal.ts'
import { type Token, tokensOf } from './tokens.ts'

/** What people write who know other languages, and how it is written here. */
const INSTEAD: Readonly<Record<string, string>> = {
  '==': "equal is '='",
  '===': "equal is '='",
  '<>': "not equal is '!='",
  '&&': "it is 'and' here",
  '||': "it is 'or' here",
  '&': "it is 'and' here",
  '|': "it is 'or' here",
  '!': "it is 'not' here",
  AND: "'and' is written small",
  OR: "'or' is written small",
  NOT: "'not' is written small",
  in: 'write host = "a" or host = "b"',
  like: "'=~' is for that, with % for any run of characters",
}

/** Hands out the tokens of a query one after another, and makes the errors that tell where reading stopped. */
export class TokenReader {
  readonly query: string
  readonly #tokens: readonly Token[]
  #at = 0
  #regexes = 0

  constructor(query: string) {
    this.query = query
    this.#tokens = tokensOf(query)
  }

  /** The next token, not taken yet. */
  get next(): Token {
    return this.#tokens[this.#at] ?? { type: 'end', text: '', at: this.query.length }
  }

  take(): Token {
    const token = this.next
    this.#at += 1
    return token
  }

  isWord(text: string): boolean {
    return this.next.type === 'word' && this.next.text === text
  }

  takeWord(text: string): boolean {
    const is = this.isWord(text)
    if (is) this.#at += 1
    return is
  }

  /** Takes a name that has a meaning only at this place, such as `limit`. */
  takeName(text: string): boolean {
    const is = this.next.type === 'name' && this.next.text === text
    if (is) this.#at += 1
    return is
  }

  takeText(expected: string): string {
    if (this.next.type !== 'text') throw this.unexpected(expected)
    return this.textOf(this.take())
  }

  /** One more regular expression was read. */
  countRegex(limit: number): void {
    this.#regexes += 1
    if (this.#regexes > limit)
      throw this.wrong(`a query may have ${limit} regular expressions; join some: "one|two"`)
  }

  textOf(token: Token): string {
    return textOf(this.query, token.at, token.text)
  }

  /** That the next token is none that may stand here. */
  unexpected(expected: string): QueryError {
    const { type, text } = this.next
    if (type === 'end') return this.wrong(`the query ends where ${expected} should follow`)
    return this.wrong(`expected ${expected}, found ${shown(text)}${this.#hint()}`)
  }

  wrong(problem: string, token: Token = this.next): QueryError {
    return new QueryError(this.query, token.at, problem)
  }

  /** What may have been meant: mostly a blank is missing around an operator. */
  #hint(): string {
    const { text, type } = this.next
    const known = type === 'name' ? INSTEAD[text] : undefined
    if (known !== undefined) return `; ${known}`
    const before = this.#tokens[this.#at - 1]
    const glued =
      (type === 'name' ? /^(?:[=!<>]=?|=~)/.exec(text)?.[0] : undefined) ??
      (before?.type === 'name' ? /[=!<>]+$/.exec(before.text)?.[0] : undefined)
    if (glued === undefined) return ''
    const instead = INSTEAD[glued]
    return instead === undefined ? `; put spaces around ${glued}` : `; ${instead}, with spaces around it`
  }
}

function shown(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text.startsWith('"') ? text : `'${text}'`
}
