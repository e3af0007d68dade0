import { RE2JS } from 're2js'

/**
 * A regular expression from outside, as a test that finds a part of a text, in time that is linear in the text's
 * length, whatever the expression.
 */
export function compileRegex(source: string): (text: string) => boolean {
  const compiled = RE2JS.compile(source)
  return (text) => compiled.test(text)
}
