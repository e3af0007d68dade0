/**
 * A value in Clojure's notation, as far as the vectors use it. Numbers of every kind are doubles, sets are arrays,
 * a form such as `(float 0.1)` is its value; a keyword, a character or a symbol is one of these, to be told from a string.
 */
export type Clojure =
  | null
  | boolean
  | number
  | string
  | Named
  | readonly Clojure[]
  | ReadonlyMap<string, Clojure>

/** A keyword (`:a/b`), character (`\a`) or symbol, as written. */
export interface Named {
  readonly written: string
}

const TOKEN = /\s*,?\s*(#\{|[()[\]{}]|"(?:\\.|[^"\\])*"|\\(?:\w+|.)|[^\s,()[\]{}"]+)/y
const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '#{': '}' }

/** Reads one value; the keys of maps become their names: `{:host "h"}` has the key `host`, `{"x" 1}` the key `x`. */
export function readClojure(text: string): Clojure {
  const tokens = tokenize(text)
  const value = read(tokens)
  if (tokens.length > 0) throw new Error(`${text}: more after the value: ${tokens[0]}`)
  return value
}

/** How Clojure's `str` writes a value that becomes an attribute. */
export function writeClojure(value: Clojure, nested = false): string {
  if (value === null) return nested ? 'nil' : ''
  if (typeof value === 'string') return nested ? JSON.stringify(value) : value
  if (typeof value !== 'object') return String(value)
  if ('written' in value) return value.written
  if (isMap(value)) return `{${[...value].map(([k, v]) => `:${k} ${writeClojure(v, true)}`).join(', ')}}`
  return `[${value.map((member) => writeClojure(member, true)).join(' ')}]`
}

export function isMap(value: Clojure | undefined): value is ReadonlyMap<string, Clojure> {
  return value instanceof Map
}

function tokenize(text: string): string[] {
  const tokens: string[] = []
  TOKEN.lastIndex = 0
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) tokens.push(match[1] ?? '')
  return tokens
}

function read(tokens: string[]): Clojure {
  const token = tokens.shift()
  if (token === undefined) throw new Error('the value ends too early')
  const closing = CLOSING[token]
  if (closing === undefined) return readAtom(token)
  const members: Clojure[] = []
  while (tokens[0] !== closing) members.push(read(tokens))
  tokens.shift()
  if (token === '{') return toMap(members)
  return token === '(' ? evaluate(members) : members
}

/** `(float 0.1)`, `(riemann.codec/map->Event {…})`: a conversion of its last member. */
function evaluate(form: readonly Clojure[]): Clojure {
  const value = form.at(-1) ?? null
  const [call] = form
  const isFloat = typeof call === 'object' && call !== null && 'written' in call && call.written === 'float'
  return isFloat && typeof value === 'number' ? Math.fround(value) : value
}

function toMap(members: readonly Clojure[]): ReadonlyMap<string, Clojure> {
  const map = new Map<string, Clojure>()
  for (let i = 0; i < members.length; i += 2)
    map.set(writeClojure(members[i] ?? null).replace(/^:/, ''), members[i + 1] ?? null)
  return map
}

const CONSTANTS: Readonly<Record<string, Clojure>> = {
  nil: null,
  true: true,
  false: false,
  'Double/NaN': Number.NaN,
  'Double/POSITIVE_INFINITY': Number.POSITIVE_INFINITY,
  'Double/NEGATIVE_INFINITY': Number.NEGATIVE_INFINITY,
  'Double/MAX_VALUE': Number.MAX_VALUE,
  'Double/MIN_VALUE': Number.MIN_VALUE,
  'Float/MAX_VALUE': 3.4028234663852886e38,
  'Long/MAX_VALUE': 2 ** 63,
  'Long/MIN_VALUE': -(2 ** 63),
  '##NaN': Number.NaN,
  '##Inf': Number.POSITIVE_INFINITY,
  '##-Inf': Number.NEGATIVE_INFINITY,
}

function readAtom(token: string): Clojure {
  if (token.startsWith('"')) return JSON.parse(token)
  const constant = CONSTANTS[token]
  if (constant !== undefined) return constant
  const [, numerator, denominator] = /^([+-]?\d+)\/(\d+)$/.exec(token) ?? []
  if (denominator !== undefined) return Number(numerator) / Number(denominator)
  const number = /^([+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)[NM]?$/.exec(token)?.[1]
  return number === undefined ? { written: token } : Number(number)
}
