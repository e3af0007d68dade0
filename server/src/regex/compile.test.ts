import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileRegex, PATTERN_LIMIT } from './compile.ts'
import { RegexError } from './pattern-reader.ts'

describe('finds a part, as Java does', () => {
  test.each<[pattern: string, finds: readonly string[], misses: readonly string[]]>([
    ['b', ['abc'], ['ac', 'B']],
    ['', ['', 'x'], []],
    ['^a$', ['a', 'a\n', 'a\r\n', 'a\u2028'], ['a\n\n', 'ab', 'b\na']],
    ['a\\z', ['a'], ['a\n']],
    ['a\\Z', ['a', 'a\n'], ['a\nb']],
    ['(?d)a$', ['a', 'a\n'], ['a\r\n']],
    ['(?m)^b$', ['a\nb\nc'], ['ab']],
    ['a.c', ['abc', 'a\u00e9c', 'a😀c'], ['a\nc', 'a\rc', 'a\u0085c']],
    ['(?s)a.c', ['a\nc'], []],
    ['(?d)a.c', ['a\rc'], ['a\nc']],
    ['(?i)ok', ['OK', 'xOkx'], ['o']],
    ['(?i)[a-c]é', ['Bé'], ['BÉ']],
    ['(?iu)é', ['É'], []],
    ['a(?i)b|c', ['aB', 'C'], ['AB']],
    ['(?:a(?i)b)c', ['aBc'], ['aBC']],
    ['(?i:a)b', ['Ab'], ['AB']],
    ['(?i)a(?-i)b', ['Ab'], ['aB']],
    ['(?x) a b # comment\n c', ['abc'], ['a b c']],
    ['\\d\\D\\s\\S\\w\\W', ['1a\tbc-'], ['1a-bc-']],
    ['\\s', ['\v'], ['\u00a0']],
    ['\\h', ['\u00a0'], ['\n']],
    ['\\v', ['\n', '\u2028'], [' ']],
    ['a\\Rb', ['a\r\nb', 'a\nb'], ['ab']],
    ['[a-c&&[^b]]', ['a', 'c'], ['b', '&']],
    ['[a[x-z]]', ['a', 'y'], ['[', 'b']],
    ['[^a-y]', ['z', '\n'], ['a']],
    ['[]a]', [']', 'a'], ['[']],
    ['[a-]', ['-', 'a'], ['b']],
    ['[\\w-]+x', ['-x'], [' x']],
    ['[\\Q^]\\E]', ['^', ']'], ['\\']],
    ['\\Qa.b\\E+c', ['a.bbc'], ['a.ba.b', 'axbc']],
    ['\\x41\\u0042\\x{43}\\0104\\cJ', ['ABCD\n'], []],
    ['\\ud83d\\ude00', ['😀'], []],
    ['\\p{Alpha}\\p{Lu}\\P{L}', ['aÄ1'], ['äA1']],
    ['\\p{IsLatin}\\pN', ['é5'], ['я5']],
    ['a{2}b{1,}c{0,1}d', ['aabd', 'aabbcd'], ['abd']],
    ['a{2}{3}', ['aa'], ['a']],
    ['a*?b+?c??', ['b'], ['a']],
    ['(?<n>a|b)+c', ['abc'], ['ac'.replace('a', 'x')]],
    ['\\bweb\\B.', ['web1'], ['aweb1', 'web']],
    ['}', ['}'], ['{']],
    ['\\{', ['{'], []],
  ])('%j', (pattern, finds, misses) => {
    const test = compileRegex(pattern)
    expect(finds.filter((text) => !test(text))).toEqual([])
    expect(misses.filter((text) => test(text))).toEqual([])
  })
})

describe('refuses, and says why', () => {
  const unsafe = 'is more than Weir does, which matches in linear time'
  test.each([
    ['(a', 'a ( without its ), at character 3 of it'],
    ['a)', 'a ) without its (, at character 2 of it'],
    ['[z', 'a class has no closing ], at character 3 of it'],
    ['*', 'nothing before * that it could repeat, at character 1 of it'],
    ['a**', 'nothing before * that it could repeat, at character 3 of it'],
    [
      'a{2',
      'a { begins a number of times, such as {2} or {2,5}; the character itself is \\{, at character 4 of it',
    ],
    [
      'a{,2}',
      'a { begins a number of times, such as {2} or {2,5}; the character itself is \\{, at character 5 of it',
    ],
    ['a{3,2}', '{3,2} ends before it begins, at character 7 of it'],
    ['a{1001}', 'nothing is repeated more than 1000 times, at character 8 of it'],
    ['((a{10}){10}){11}', 'it repeats repetitions too often'],
    ['[z-a]', 'a range of characters that ends before it begins, at character 5 of it'],
    ['\\y', 'there is no escape \\y, at character 3 of it'],
    ['\\', 'a backslash at the end, at character 2 of it'],
    ['\\p{Nonsense}', 'invalid character class range: `\\p{Nonsense}`'],
    ['(?<n>a)(?<n>b)', "there is a group 'n' already, at character 13 of it"],
    ['(?z)', 'there is no group (?z here, at character 4 of it'],
    ['(a)\\1', `a reference back to a group ${unsafe}, at character 5 of it`],
    ['a(?=b)', `looking ahead ${unsafe}, at character 4 of it`],
    ['(?<!b)a', `looking behind ${unsafe}, at character 4 of it`],
    ['(?>a)', `(?> ${unsafe}, at character 3 of it`],
    ['a++', `a possessive ++ ${unsafe}, at character 3 of it`],
    ['('.repeat(200), 'groups stand too deep inside of one another, at character 102 of it'],
    ['['.repeat(200), 'classes stand too deep inside of one another, at character 53 of it'],
    ['a'.repeat(PATTERN_LIMIT + 1), 'it has 10001 characters, more than 10000'],
    ['[ab]{900}'.repeat(3), 'it is too large: 2702 steps, more than 2000; repeat less, or use several'],
  ])('%.40s', (pattern, problem) => {
    expect(() => compileRegex(pattern)).toThrow(new RegexError(problem))
  })

  test('whatever it is: it compiles, or is refused with a reason', () => {
    const pieces = [
      '(',
      ')',
      '[',
      ']',
      '^',
      '&&',
      '-',
      '\\',
      'p{',
      '}',
      '{2}',
      '*',
      '+',
      '?',
      '|',
      'a',
      '(?i)',
      '\\Q',
      '.',
      '$',
      '\\d',
      'é',
    ]
    const patterns = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.constantFrom(...pieces)).map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(patterns, fc.string(), (pattern, text) => {
        try {
          expect(typeof compileRegex(pattern)(text)).toBe('boolean')
        } catch (error) {
          expect(error).toBeInstanceOf(RegexError)
        }
      }),
      { numRuns: 2000 },
    )
  })
})

/** Patterns and texts that take a backtracking engine years, or fill the memory of a careless one. */
describe('hostile patterns end', () => {
  const ab = (length: number) => {
    let x = 12345
    return Array.from({ length }, () => {
      x = (x * 1103515245 + 12345) % 0x80000000
      return x > 0x40000000 ? 'a' : 'b'
    }).join('')
  }
  test.each([
    ['(x+x+)+y', `y${'x'.repeat(1_000_000)}`],
    ['^(a+)+$', `${'a'.repeat(1_000_000)}!`],
    ['(a|aa)+$', `${'a'.repeat(1_000_000)}!`],
    ['(.*a){200}c', `c${ab(1_000_000)}`],
    ['(?:a|b)*a(?:a|b){900}c', `c${ab(1_000_000)}`],
    ['(?:a|b)*a(?:a|b){15}c', `c${ab(1_000_000)}`],
    ['(?:a?){600}a{600}b', `b${'a'.repeat(1_000_000)}`],
    ['^(\\w+\\s?)*$', `${'word '.repeat(200_000)}!`],
    ['(?i)(?:[a-z]+)*\\d', 'z'.repeat(1_000_000)],
  ])('%s', (pattern, text) => {
    const test = compileRegex(pattern)
    for (let i = 0; i < 3; i++) expect(test(text.slice(i))).toBe(false)
  })

  test('of a long text the first part counts', () => {
    const test = compileRegex('b')
    expect(test(`${'a'.repeat(65_000)}b`)).toBe(true)
    expect(test(`${'a'.repeat(70_000)}b`)).toBe(false)
  })
})
