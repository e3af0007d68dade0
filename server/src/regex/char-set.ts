/** Characters as ranges of code points, sorted, apart from each other. */
export type CharSet = readonly (readonly [first: number, last: number])[]

const LAST = 0x10ffff

/** The set of these ranges, in any order and overlapping. */
export function setOf(...ranges: readonly (readonly [number, number])[]): CharSet {
  const sorted = [...ranges].sort(([a], [b]) => a - b)
  const set: [number, number][] = []
  for (const [first, last] of sorted) {
    const before = set.at(-1)
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last)
    else set.push([first, last])
  }
  return set
}

/** The set of the characters of a text. */
export function charsOf(text: string): CharSet {
  return setOf(...[...text].map((char): [number, number] => [codeOf(char), codeOf(char)]))
}

export function union(...sets: readonly CharSet[]): CharSet {
  return setOf(...sets.flat())
}

export function complement(set: CharSet): CharSet {
  const rest: [number, number][] = []
  let next = 0
  for (const [first, last] of set) {
    if (first > next) rest.push([next, first - 1])
    next = last + 1
  }
  if (next <= LAST) rest.push([next, LAST])
  return rest
}

export function intersection(a: CharSet, b: CharSet): CharSet {
  return complement(union(complement(a), complement(b)))
}

/** The set, and the other case of each ASCII letter in it. */
export function inBothCases(set: CharSet): CharSet {
  const folded = (first: number, last: number, from: number, to: number, by: number): [number, number][] => {
    const low = Math.max(first, from)
    const high = Math.min(last, to)
    return low <= high ? [[low + by, high + by]] : []
  }
  return setOf(
    ...set,
    ...set.flatMap(([first, last]) => [
      ...folded(first, last, 0x41, 0x5a, 32),
      ...folded(first, last, 0x61, 0x7a, -32),
    ]),
  )
}

/** The inside of a class in RE2's notation. */
export function printSet(set: CharSet): string {
  return set.map(([first, last]) => (first === last ? hex(first) : `${hex(first)}-${hex(last)}`)).join('')
}

/** A character in RE2's notation; letters and digits stand for themselves. */
export function hex(code: number): string {
  const char = String.fromCodePoint(code)
  return /^[A-Za-z0-9]$/.test(char) ? char : `\\x{${code.toString(16)}}`
}

export function codeOf(char: string): number {
  return char.codePointAt(0) ?? 0
}
