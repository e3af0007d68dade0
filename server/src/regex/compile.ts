import { RE2JS } from 're2js'
import { fromJava } from './java.ts'
import { RegexError } from './pattern-reader.ts'

/** The longest pattern, in UTF-16 units. */
export const PATTERN_LIMIT = 10_000
/** The largest program that a pattern may become, in instructions of RE2: about one for each character and repetition. */
export const PROGRAM_LIMIT = 2_000
/** How many instructions times characters of text one match may take; hostile patterns do 30 a microsecond. */
const WORK_LIMIT = 500_000
/** No text is looked at beyond this. */
const TEXT_LIMIT = 65_536
/** Stands for the rest of a long text, so that it does not end there. */
const MORE = '\u{10ffff}'

/**
 * A regular expression from outside, in Java's notation, as a test whether it finds a part of a text.
 *
 * It takes time linear in the text, whatever the pattern, and at most some 20 ms: of a long text, the first 500,000
 * characters divided by the size of the pattern are looked at, 65,536 for ordinary patterns, and its end is not
 * found. `share`: among how many expressions that is divided, where a text is held against several.
 *
 * Throws a RegexError, which says where and what, also above PATTERN_LIMIT and PROGRAM_LIMIT.
 *
 * @example
 * compileRegex('(?i)^disk \\d+$')('DISK 12') // true
 */
export function compileRegex(pattern: string, share = 1): (text: string) => boolean {
  if (pattern.length > PATTERN_LIMIT)
    throw new RegexError(`it has ${pattern.length} characters, more than ${PATTERN_LIMIT}`)
  const compiled = re2(fromJava(pattern))
  const size = compiled.programSize()
  if (size > PROGRAM_LIMIT)
    throw new RegexError(
      `it is too large: ${size} steps, more than ${PROGRAM_LIMIT}; repeat less, or use several`,
    )
  const longest = Math.min(TEXT_LIMIT, Math.floor(WORK_LIMIT / share / size))
  return (text) => compiled.test(text.length > longest ? `${text.slice(0, longest)}${MORE}` : text)
}

function re2(translated: string): RE2JS {
  try {
    return RE2JS.compile(translated)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const problem = error.message.replace(/^error parsing regexp: /, '')
    if (/repeat count/.test(problem)) throw new RegexError('it repeats repetitions too often')
    throw new RegexError(problem, { cause: error })
  }
}
