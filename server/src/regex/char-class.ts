import {
  type CharSet,
  codeOf,
  complement,
  inBothCases,
  intersection,
  printSet,
  setOf,
  union,
} from './char-set.ts'
import { escapedChar } from './escape.ts'
import { ESCAPED_SETS, POSIX_SETS, unicodeName } from './named-sets.ts'
import type { PatternReader } from './pattern-reader.ts'

const DEPTH_LIMIT = 50

/** What a class holds: characters, and classes of Unicode, which only RE2 knows. */
export interface CharClass {
  readonly set: CharSet
  /** In RE2's notation, such as `\p{Lu}`. */
  readonly unicode: readonly string[]
}

export interface ClassFlags {
  /** Both cases of ASCII letters. */
  readonly i: boolean
  /** Blanks do not count. */
  readonly x: boolean
}

/** A class in RE2's notation. */
export function printClass({ set, unicode }: CharClass): string {
  if (set.length === 0 && unicode.length === 0) return '[^\\x{0}-\\x{10ffff}]'
  return `[${printSet(set)}${unicode.join('')}]`
}

/** A class of Java from behind its `[`: unions, `^`, `&&`, classes inside of it. */
export function readClass(reader: PatternReader, flags: ClassFlags, depth = 0): CharClass {
  if (depth > DEPTH_LIMIT) throw reader.error('classes stand too deep inside of one another')
  const negated = reader.takeIf('^')
  let all: CharClass | undefined
  let part: CharClass = { set: [], unicode: [] }
  let empty = true
  while (true) {
    if (reader.done) throw reader.error('a class has no closing ]')
    if (reader.next === ']' && !empty) break
    if (flags.x && /\s/.test(reader.next)) {
      reader.take()
      continue
    }
    if (reader.takeIf('&&')) {
      all = all === undefined ? part : meet(reader, all, part)
      part = { set: [], unicode: [] }
      continue
    }
    part = join(part, member(reader, flags, depth))
    empty = false
  }
  reader.take()
  const whole = all === undefined ? part : meet(reader, all, part)
  if (!negated) return whole
  if (whole.unicode.length > 0)
    throw reader.error('[^…] with a class of Unicode inside is more than Weir does; write \\P{…}')
  return { set: complement(whole.set), unicode: [] }
}

function member(reader: PatternReader, flags: ClassFlags, depth: number): CharClass {
  if (reader.takeIf('[')) return readClass(reader, flags, depth + 1)
  if (reader.takeIf('\\Q')) {
    const codes = [...reader.takeUntil('\\E')].map(codeOf)
    return folded(setOf(...codes.map((code): [number, number] => [code, code])), flags)
  }
  const escaped = reader.takeIf('\\')
  if (escaped) {
    const named = readNamedClass(reader)
    if (named !== undefined) return named
  }
  const first = escaped ? escapedChar(reader) : codeOf(reader.take())
  if (!reader.takeIf('-')) return folded(setOf([first, first]), flags)
  if (reader.next === ']' || reader.next === '[' || reader.done)
    return folded(setOf([first, first], [0x2d, 0x2d]), flags)
  const last = reader.takeIf('\\') ? escapedChar(reader) : codeOf(reader.take())
  if (last < first) throw reader.error('a range of characters that ends before it begins')
  return folded(setOf([first, last]), flags)
}

/** `\d`, `\p{Alpha}` and their like; the backslash was taken. Undefined, and nothing taken, where it is none. */
export function readNamedClass(reader: PatternReader): CharClass | undefined {
  const set = ESCAPED_SETS[reader.next]
  if (set !== undefined) {
    reader.take()
    return { set, unicode: [] }
  }
  if (reader.next !== 'p' && reader.next !== 'P') return undefined
  const negated = reader.take() === 'P'
  const name = reader.takeIf('{') ? reader.takeUntil('}') : reader.take()
  const posix = POSIX_SETS[name]
  if (posix !== undefined) return { set: negated ? complement(posix) : posix, unicode: [] }
  const unicode = unicodeName(name)
  if (!/^[A-Za-z_]+$/.test(unicode)) throw reader.error(`there is no class of characters '${name}'`)
  return { set: [], unicode: [`\\${negated ? 'P' : 'p'}{${unicode}}`] }
}

function folded(set: CharSet, { i }: ClassFlags): CharClass {
  return { set: i ? inBothCases(set) : set, unicode: [] }
}

function join(a: CharClass, b: CharClass): CharClass {
  return { set: union(a.set, b.set), unicode: [...a.unicode, ...b.unicode] }
}

function meet(reader: PatternReader, a: CharClass, b: CharClass): CharClass {
  if (a.unicode.length > 0 || b.unicode.length > 0)
    throw reader.error('&& with a class of Unicode is more than Weir does')
  return { set: intersection(a.set, b.set), unicode: [] }
}
