import { compileRegex } from './regex.ts'
import { wildcardTest } from './wildcard.ts'

const LINE_END = /[\n\r\u0085\u2028\u2029]/

/**
 * Riemann's `=~`: the whole text, in which `%` stands for any run of characters of one line, none too. All else stands
 * for itself. One line end at the end of the text does not count.
 */
export function likeTest(pattern: string): (text: string) => boolean {
  const parts = pattern.split('%')
  const inOneLine = wildcardTest(parts)
  const acrossLines = compileRegex(`^${parts.map(literally).join('.*')}$`)
  const patternHasLines = LINE_END.test(pattern)
  return (text) => (patternHasLines || LINE_END.test(text) ? acrossLines(text) : inOneLine(text))
}

function literally(text: string): string {
  return text.replace(/[^A-Za-z0-9]/gu, (char) => `\\x{${(char.codePointAt(0) ?? 0).toString(16)}}`)
}
