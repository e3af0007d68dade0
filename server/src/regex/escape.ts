import { codeOf } from './char-set.ts'
import type { PatternReader } from './pattern-reader.ts'

const CONTROL: Readonly<Record<string, number>> = { t: 9, n: 10, r: 13, f: 12, a: 7, e: 27 }

/** The character that an escape stands for; the backslash was taken. What is no character is refused. */
export function escapedChar(reader: PatternReader): number {
  if (reader.done) throw reader.error('a backslash at the end')
  const letter = reader.take()
  const control = CONTROL[letter]
  if (control !== undefined) return control
  switch (letter) {
    case 'c':
      if (reader.done) throw reader.error('\\c takes a character')
      return codeOf(reader.take()) ^ 64
    case '0': {
      const digits = reader.takeWhile(/[0-7]/, /[0-3]/.test(reader.next) ? 3 : 2)
      if (digits === '') throw reader.error('\\0 takes an octal number')
      return Number.parseInt(digits, 8)
    }
    case 'x':
      if (reader.takeIf('{')) return inBraces(reader)
      return hexadecimal(reader, 2)
    case 'u': {
      const code = hexadecimal(reader, 4)
      // Two halves of one character.
      if (code < 0xd800 || code > 0xdbff || !reader.takeIf('\\u')) return code
      return codeOf(String.fromCharCode(code, hexadecimal(reader, 4)))
    }
    default:
      if (/[A-Za-z0-9]/.test(letter)) throw reader.error(`there is no escape \\${letter}`)
      return codeOf(letter)
  }
}

function hexadecimal(reader: PatternReader, length: number): number {
  const digits = reader.takeWhile(/[0-9A-Fa-f]/, length)
  if (digits.length < length) throw reader.error(`expected ${length} hexadecimal digits`)
  return Number.parseInt(digits, 16)
}

function inBraces(reader: PatternReader): number {
  const digits = reader.takeWhile(/[0-9A-Fa-f]/, 8)
  const code = Number.parseInt(digits, 16)
  if (!reader.takeIf('}') || !(code <= 0x10ffff))
    throw reader.error('expected \\x{…} with a hexadecimal number')
  return code
}
