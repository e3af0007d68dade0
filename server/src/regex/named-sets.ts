import { type CharSet, charsOf, complement, setOf, union } from './char-set.ts'

const DIGIT = setOf([0x30, 0x39])
const UPPER = setOf([0x41, 0x5a])
const LOWER = setOf([0x61, 0x7a])
const ALPHA = union(UPPER, LOWER)
const SPACE = charsOf(' \t\n\v\f\r')
const PUNCTUATION = charsOf('!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~')
const HORIZONTAL = charsOf(
  ' \t\u00a0\u1680\u180e\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000',
)
const VERTICAL = charsOf('\n\v\f\r\u0085\u2028\u2029')

/** What ends a line for Java's `.` and `$`. */
export const LINE_ENDS = charsOf('\n\r\u0085\u2028\u2029')

/** The classes of Java that are one letter after a backslash; a capital is the complement. */
export const ESCAPED_SETS: Readonly<Record<string, CharSet>> = {
  d: DIGIT,
  s: SPACE,
  w: union(ALPHA, DIGIT, charsOf('_')),
  h: HORIZONTAL,
  v: VERTICAL,
  D: complement(DIGIT),
  S: complement(SPACE),
  W: complement(union(ALPHA, DIGIT, charsOf('_'))),
  H: complement(HORIZONTAL),
  V: complement(VERTICAL),
}

/** The classes of `\p{…}` that Java has from POSIX: ASCII only. */
export const POSIX_SETS: Readonly<Record<string, CharSet>> = {
  Lower: LOWER,
  Upper: UPPER,
  ASCII: setOf([0, 0x7f]),
  Alpha: ALPHA,
  Digit: DIGIT,
  Alnum: union(ALPHA, DIGIT),
  Punct: PUNCTUATION,
  Graph: union(ALPHA, DIGIT, PUNCTUATION),
  Print: union(ALPHA, DIGIT, PUNCTUATION, charsOf(' ')),
  Blank: charsOf(' \t'),
  Cntrl: setOf([0, 0x1f], [0x7f, 0x7f]),
  XDigit: union(DIGIT, setOf([0x41, 0x46], [0x61, 0x66])),
  Space: SPACE,
}

/** Java's names for classes of Unicode that RE2 has under another. */
const UNICODE_NAMES: Readonly<Record<string, string>> = {
  javaLowerCase: 'Ll',
  javaUpperCase: 'Lu',
  javaDigit: 'Nd',
  IsAlphabetic: 'L',
  IsLetter: 'L',
  IsLowercase: 'Ll',
  IsUppercase: 'Lu',
  IsDigit: 'Nd',
  IsPunctuation: 'P',
}

/** The name in RE2 of a category or script of Unicode, as `\p{…}` names it in Java. */
export function unicodeName(name: string): string {
  return UNICODE_NAMES[name] ?? name.replace(/^(?:Is|script=|sc=|general_category=|gc=)/, '')
}
