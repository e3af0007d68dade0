import { compileRegex } from '../regex/compile.ts'
import { wildcardTest } from './wildcard.ts'

const LINE_END = /[\n\r\u0085\u2028\u2029]/
const LAST_LINE_END = /(?:\r\n|[\n\r\u0085\u2028\u2029])$/

/**
 * Riemann's `=~`: the whole text, in which `%` stands for any run of characters of one line, none too. All else stands
 * for itself. One line end at the end of the text does not count.
 *
 * Throws a RegexError where the pattern has line ends and is too long to be matched as a regular expression.
 */
export function likeTest(pattern: string): (text: string) => boolean {
  const parts = pattern.split('%')
  if (LINE_END.test(pattern)) return compileRegex(`^${parts.map(literally).join('.*')}$`)
  // Neither the parts nor what is between them has a line end, so the text must not have one.
  const test = wildcardTest(parts)
  return (text) => {
    if (!LINE_END.test(text)) return test(text)
    const line = text.replace(LAST_LINE_END, '')
    return !LINE_END.test(line) && test(line)
  }
}

function literally(text: string): string {
  return text.replace(/[^A-Za-z0-9]/gu, (char) => `\\x{${(char.codePointAt(0) ?? 0).toString(16)}}`)
}
