import { printClass, readClass, readNamedClass } from './char-class.ts'
import { codeOf, complement, hex, inBothCases, printSet, setOf } from './char-set.ts'
import { escapedChar } from './escape.ts'
import { LINE_ENDS } from './named-sets.ts'
import { PatternReader } from './pattern-reader.ts'

const DEPTH_LIMIT = 100
/** RE2 repeats no more often. */
const REPEAT_LIMIT = 1_000

const ANY_LINE_END = `(?:\\r\\n|[${printSet(LINE_ENDS)}])`
const UNSAFE = 'is more than Weir does, which matches in linear time'

interface Flags {
  readonly i: boolean
  readonly m: boolean
  readonly s: boolean
  readonly x: boolean
  readonly d: boolean
  readonly u: boolean
}

/**
 * Translates a regular expression of Java, as Riemann takes them, into RE2's notation, to find whether a text has a
 * part that it matches. What can't be matched in linear time (references back, looking around, possessive
 * quantifiers), and what is no regular expression in Java, throws a RegexError.
 *
 * Line ends, `$`, `\Z`, blanks and the ASCII-only `(?i)` are Java's. Which part matches is lost: all groups are alike,
 * lazy and greedy are the same.
 */
export function fromJava(pattern: string): string {
  const translation = new Translation(pattern)
  return translation.all()
}

class Translation {
  readonly #reader: PatternReader
  readonly #names = new Set<string>()
  #flags: Flags = { i: false, m: false, s: false, x: false, d: false, u: false }

  constructor(pattern: string) {
    this.#reader = new PatternReader(pattern)
  }

  all(): string {
    const whole = this.#alternatives(0)
    if (!this.#reader.done) throw this.#reader.error('a ) without its (')
    return whole
  }

  /** As far as the end or a `)`. Flags that are set inside hold until there. */
  #alternatives(depth: number): string {
    if (depth > DEPTH_LIMIT) throw this.#reader.error('groups stand too deep inside of one another')
    const flags = this.#flags
    const parts: string[] = []
    while (!this.#reader.done && this.#reader.next !== ')') {
      if (this.#reader.takeIf('|')) parts.push('|')
      else if (!this.#skipped()) parts.push(this.#repeated(this.#atom(depth)))
    }
    this.#flags = flags
    return parts.join('')
  }

  /** Under `(?x)`, blanks and comments. */
  #skipped(): boolean {
    if (!this.#flags.x) return false
    if (/\s/.test(this.#reader.next)) {
      this.#reader.take()
      return true
    }
    if (this.#reader.next !== '#') return false
    this.#reader.takeUntil('\n')
    return true
  }

  #atom(depth: number): string {
    const reader = this.#reader
    // In Java, a quantifier in braces may stand where there is nothing to repeat.
    if (reader.next === '{') return '(?:)'
    if (/[*+?]/.test(reader.next)) throw reader.error(`nothing before ${reader.next} that it could repeat`)
    if (reader.takeIf('(')) return this.#group(depth)
    if (reader.takeIf('[')) return this.#cased(printClass(readClass(reader, this.#flags)))
    if (reader.takeIf('\\')) return this.#escape()
    if (reader.takeIf('.')) return this.#anyChar()
    if (reader.takeIf('^')) return this.#flags.m ? '(?m:^)' : '\\A'
    if (reader.takeIf('$')) return this.#flags.m ? '(?m:$)' : this.#lastLineEnd()
    return this.#char(codeOf(reader.take()))
  }

  #anyChar(): string {
    const { s, d } = this.#flags
    return s ? '(?s:.)' : `[${printSet(complement(d ? setOf([10, 10]) : LINE_ENDS))}]`
  }

  /** The end, or before a line end there. */
  #lastLineEnd(): string {
    return this.#flags.d ? '(?:\\n?\\z)' : `(?:${ANY_LINE_END}?\\z)`
  }

  #char(code: number): string {
    if (!this.#flags.i || this.#flags.u) return this.#cased(hex(code))
    const both = inBothCases(setOf([code, code]))
    return both.length > 1 ? `[${printSet(both)}]` : hex(code)
  }

  /** All of Unicode's cases, under `(?iu)`. */
  #cased(re2: string): string {
    return this.#flags.i && this.#flags.u ? `(?i:${re2})` : re2
  }

  #escape(): string {
    const reader = this.#reader
    if (reader.takeIf('Q')) {
      const chars = [...reader.takeUntil('\\E')].map((char) => this.#char(codeOf(char)))
      // What follows repeats the last character only.
      const last = chars.pop() ?? '(?:)'
      return `${chars.join('')}${this.#repeated(last)}`
    }
    if (reader.takeIf('E')) throw reader.error('a \\E without its \\Q')
    if (reader.takeIf('A') || reader.takeIf('G')) return '\\A'
    if (reader.takeIf('z')) return '\\z'
    if (reader.takeIf('Z')) return this.#lastLineEnd()
    if (reader.takeIf('R')) return `(?:\\r\\n|[${printSet(charsOfLineBreak)}])`
    if (/[bB]/.test(reader.next)) {
      const boundary = reader.take()
      if (reader.next === '{') throw reader.error(`\\b{…} ${UNSAFE}`)
      return `\\${boundary}`
    }
    if (/[1-9k]/.test(reader.next)) throw reader.error(`a reference back to a group ${UNSAFE}`)
    if (/[XN]/.test(reader.next)) throw reader.error(`\\${reader.next} is more than Weir does`)
    const named = readNamedClass(reader)
    return named === undefined ? this.#char(escapedChar(reader)) : this.#cased(printClass(named))
  }

  /** From behind its `(`. */
  #group(depth: number): string {
    const reader = this.#reader
    const flags = this.#flags
    if (reader.takeIf('?')) {
      if (reader.next === '=' || reader.next === '!') throw reader.error(`looking ahead ${UNSAFE}`)
      if (reader.next === '>') throw reader.error(`(?> ${UNSAFE}`)
      if (reader.takeIf('<')) this.#groupName()
      else if (!reader.takeIf(':') && this.#inlineFlags()) return '(?:)'
    }
    const inner = this.#alternatives(depth + 1)
    if (!reader.takeIf(')')) throw reader.error('a ( without its )')
    this.#flags = flags
    return `(?:${inner})`
  }

  #groupName(): void {
    const reader = this.#reader
    if (reader.next === '=' || reader.next === '!') throw reader.error(`looking behind ${UNSAFE}`)
    const name = reader.takeWhile(/[A-Za-z0-9]/)
    if (!/^[A-Za-z]/.test(name) || !reader.takeIf('>'))
      throw reader.error('the name of a group is letters and digits, and ends with >')
    if (this.#names.has(name)) throw reader.error(`there is a group '${name}' already`)
    this.#names.add(name)
  }

  /** `(?i-s)`: true, then they hold for the rest of the group; `(?i:`: false, for the group that begins. */
  #inlineFlags(): boolean {
    const reader = this.#reader
    const flags: { -readonly [Flag in keyof Flags]: boolean } = { ...this.#flags }
    let on = true
    while (!reader.done) {
      const letter = reader.take()
      if (letter === ')' || letter === ':') {
        this.#flags = flags
        return letter === ')'
      }
      if (letter === '-' && on) on = false
      else if (isFlag(letter)) flags[letter] = on
      else throw reader.error(`there is no group (?${letter} here`)
    }
    throw reader.error('a ( without its )')
  }

  /** With the quantifier that follows, if there is one. */
  #repeated(atom: string): string {
    const reader = this.#reader
    while (this.#skipped());
    let quantifier: string
    if (/[*+?]/.test(reader.next) && !reader.done) quantifier = reader.take()
    else if (reader.takeIf('{')) quantifier = this.#times()
    else return atom
    if (reader.next === '+') throw reader.error(`a possessive ${quantifier}+ ${UNSAFE}`)
    reader.takeIf('?')
    return `(?:${atom})${quantifier}`
  }

  /** `{2}`, `{2,}`, `{2,5}` from behind the brace. */
  #times(): string {
    const reader = this.#reader
    const least = reader.takeWhile(/[0-9]/)
    const comma = reader.takeIf(',')
    const most = comma ? reader.takeWhile(/[0-9]/) : ''
    if (least === '' || !reader.takeIf('}'))
      throw reader.error('a { begins a number of times, such as {2} or {2,5}; the character itself is \\{')
    if (Number(most || least) < Number(least)) throw reader.error(`{${least},${most}} ends before it begins`)
    if (Number(most || least) > REPEAT_LIMIT)
      throw reader.error(`nothing is repeated more than ${REPEAT_LIMIT} times`)
    return `{${Number(least)}${comma ? `,${most === '' ? '' : Number(most)}` : ''}}`
  }
}

const charsOfLineBreak = setOf([10, 13], [0x85, 0x85], [0x2028, 0x2029])

function isFlag(letter: string): letter is keyof Flags {
  return letter.length === 1 && 'imsxdu'.includes(letter)
}
