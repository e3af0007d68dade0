import { isExpired } from 'weir-protocol'
import { matches, type Pattern } from '../../../server/src/streams/match.ts'
import { asRiemann, FOLDS } from './folds.ts'
import { assoc, field, isEvent, isMap, list, number, toRiemann, toWeir } from './values.ts'

/** What an expression can see besides its own members. */
export interface Env {
  /** Seconds of the clock. */
  readonly now: () => number
  /** Lambda parameters and fork variables. */
  readonly vars: Readonly<Record<string, unknown>>
  /** The event at hand. */
  readonly event?: unknown
}

export type Fn = (...args: readonly unknown[]) => unknown

/** In Clojure only nil and false are false. */
export function truthy(value: unknown): boolean {
  return value !== null && value !== undefined && value !== false
}

/** The value of an expression (E in `vectors/README.md`). */
export function evaluate(expr: unknown, env: Env): unknown {
  if (Array.isArray(expr)) return expr.map((member) => evaluate(member, env))
  if (!isMap(expr)) return expr
  const [name = '', arg] = Object.entries(expr)[0] ?? []
  const form = FORMS[name]
  if (form === undefined) throw new Error(`no expression is called ${name}`)
  return form(arg, env)
}

/** The function that F stands for in `vectors/README.md`. */
export function functionOf(fn: unknown, env: Env): Fn {
  if (typeof fn === 'string') return (event) => field(event, fn)
  if (!isMap(fn)) throw new Error(`${JSON.stringify(fn)} is no function`)
  if (typeof fn.fold === 'string') return foldOf(fn.fold, fn, env)
  if (typeof fn.builtin === 'string') return builtinOf(fn.builtin, env)
  if ('where' in fn) return (event) => evaluate(fn.where, { ...env, event })
  if (isMap(fn.stream)) return predicateOf(fn.stream, env)
  const names = list(fn.lambda).map(String)
  return (...args) => {
    const vars = { ...env.vars, ...Object.fromEntries(names.map((name, n) => [name, args[n]])) }
    return evaluate(fn.body, { ...env, vars, event: args[names.length - 1] })
  }
}

/** The pattern (P) as one of Weir's. */
export function patternOf(pattern: unknown, env: Env): Pattern {
  if (Array.isArray(pattern))
    return () => {
      throw new Error('an array is a function in Clojure, and the value is no index')
    }
  if (!isMap(pattern)) return typeof pattern === 'object' ? null : plain(pattern)
  if (typeof pattern.regex === 'string') return regexOf(pattern.regex)
  if ('set' in pattern) return new Set(list(pattern.set).map((member) => evaluate(member, env)))
  if (isMap(pattern.pattern))
    return Object.fromEntries(
      Object.entries(pattern.pattern).map(([name, inner]) => [name, patternOf(inner, env)]),
    )
  if (FUNCTIONS.some((name) => name in pattern)) {
    const fn = functionOf(pattern, env)
    return (value) => truthy(fn(value))
  }
  return plain(evaluate(pattern, env))
}

const FUNCTIONS = ['builtin', 'lambda', 'where', 'stream', 'fold']

function plain(value: unknown): Pattern {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  if (value === null || value === undefined) return null
  return (other: unknown) => equal(value, other)
}

/** Java's flags in front of a regular expression are JavaScript's behind it. */
export function regexOf(source: string): RegExp {
  const [, flags = '', rest = source] = /^\(\?([ims]+)\)(.*)$/s.exec(source) ?? []
  return new RegExp(rest, flags)
}

export function equal(a: unknown, b: unknown): boolean {
  if (a === null || a === undefined) return b === null || b === undefined
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((member, n) => equal(member, b[n]))
  if (isMap(a) && isMap(b)) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)])
    return [...keys].every((key) => equal(a[key], b[key]))
  }
  return a === b
}

type Form = (arg: unknown, env: Env) => unknown

/** A form that evaluates its arguments, given as a list or as one. */
function strict(apply: (...args: readonly unknown[]) => unknown): Form {
  return (arg, env) => apply(...(Array.isArray(arg) ? arg : [arg]).map((one) => evaluate(one, env)))
}

/** A form of one argument, which may be a list. */
function unary(apply: (value: unknown, env: Env) => unknown): Form {
  return (arg, env) => apply(evaluate(arg, env), env)
}

function compare(holds: (a: number, b: number) => boolean): (...args: readonly unknown[]) => boolean {
  return (...args) => {
    const numbers = args.map(number)
    return numbers.every((value, n) => n === 0 || holds(numbers[n - 1] ?? Number.NaN, value))
  }
}

function reduce(apply: (a: number, b: number) => number, alone: (a: number) => number = (a) => a) {
  return (...args: readonly unknown[]) => {
    const [first = 0, ...rest] = args.map(number)
    return rest.length === 0 ? alone(first) : rest.reduce(apply, first)
  }
}

function divide(a: number, b: number): number {
  if (b === 0) throw new Error('Divide by zero')
  return a / b
}

function modulo(a: number, b: number): number {
  if (b === 0) throw new Error('Divide by zero')
  const rest = a % b
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest
}

function text(value: unknown): string {
  // A whole float that stands beside its integer, see the table of differences.
  if (typeof value === 'number' && !Number.isInteger(value) && isBesideInteger(value))
    return `${Math.round(value)}.0`
  return value === null || value === undefined ? '' : String(value)
}

function isBesideInteger(value: number): boolean {
  return Math.abs(value - Math.round(value)) <= Math.abs(value) * 2 * Number.EPSILON
}

function count(value: unknown): number {
  if (value === null || value === undefined) return 0
  if (typeof value === 'string' || Array.isArray(value)) return value.length
  if (isMap(value)) return Object.keys(value).length
  throw new Error(`count not supported on ${String(value)}`)
}

function isEven(value: unknown): boolean {
  if (!Number.isInteger(value)) throw new Error(`Argument must be an integer: ${String(value)}`)
  return number(value) % 2 === 0
}

/** Of what has no time Riemann can't tell: nil, which is not false. */
function isExpiredValue(value: unknown): boolean | null {
  if (isEvent(value) && isExpired(value)) return true
  return field(value, 'time') === null ? null : false
}

function hasTags(event: unknown, how: 'every' | 'some', tags: unknown): boolean {
  const has = list(field(event, 'tags'))
  return [tags].flat()[how]((tag) => has.includes(tag))
}

const OPERATORS: Readonly<Record<string, (...args: readonly unknown[]) => unknown>> = {
  '=': (first, ...rest) => rest.every((value) => equal(first, value)),
  'not=': (first, ...rest) => !rest.every((value) => equal(first, value)),
  '==': compare((a, b) => a === b),
  '<': compare((a, b) => a < b),
  '<=': compare((a, b) => a <= b),
  '>': compare((a, b) => a > b),
  '>=': compare((a, b) => a >= b),
  '+': reduce((a, b) => a + b),
  '-': reduce(
    (a, b) => a - b,
    (a) => -a,
  ),
  '*': reduce((a, b) => a * b),
  '/': reduce(divide, (a) => divide(1, a)),
  mod: reduce(modulo),
  max: reduce((a, b) => Math.max(a, b)),
  min: reduce((a, b) => Math.min(a, b)),
  str: (...args) => args.map(text).join(''),
}

const FORMS: Readonly<Record<string, Form>> = {
  ...Object.fromEntries(Object.entries(OPERATORS).map(([name, apply]) => [name, strict(apply)])),
  field: (name, { event }) => field(event, String(name)),
  event: (_, { event }) => event,
  var: (name, { vars }) => vars[String(name)],
  get: strict((value, name) => field(value, String(name))),
  and: (args, env) => {
    let value: unknown = true
    for (const arg of list(args)) {
      value = evaluate(arg, env)
      if (!truthy(value)) return value
    }
    return value
  },
  or: (args, env) => {
    let value: unknown = null
    for (const arg of list(args)) {
      value = evaluate(arg, env)
      if (truthy(value)) return value
    }
    return value
  },
  not: unary((value) => !truthy(value)),
  if: (args, env) => {
    const [test, then, otherwise = null] = list(args)
    return truthy(evaluate(test, env)) ? evaluate(then, env) : evaluate(otherwise, env)
  },
  count: unary(count),
  first: unary((value) => list(value)[0] ?? null),
  last: unary((value) => list(value).at(-1) ?? null),
  'nil?': unary((value) => value === null || value === undefined),
  'even?': unary(isEven),
  assoc: strict((value, ...pairs) => {
    let made = value
    for (let i = 0; i + 1 < pairs.length; i += 2) made = assoc(made, String(pairs[i]), pairs[i + 1])
    return made
  }),
  map: (args, env) => {
    const [fn, values] = list(args)
    const apply = functionOf(fn, env)
    return list(evaluate(values, env)).map((value) => apply(value))
  },
  // The last argument is a list of further ones, as in Clojure.
  apply: (args, env) => {
    const [fn, ...values] = list(args)
    const given = values.map((value) => evaluate(value, env))
    return functionOf(fn, env)(...given.slice(0, -1), ...list(given.at(-1)))
  },
  list: (args, env) => list(args).map((arg) => evaluate(arg, env)),
  'expired?': (_, { event }) => isExpiredValue(event),
  'tagged-all?': (tags, { event }) => hasTags(event, 'every', tags),
  'tagged-any?': (tags, { event }) => hasTags(event, 'some', tags),
  now: (_, { now }) => now(),
  ratio: strict((a, b) => divide(number(a), number(b))),
  const: (name) => (name === '-infinity' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY),
  literal: (value, { now }) => toWeir(value, now() * 1e6),
  is: (args, env) => {
    const [name, ...patterns] = list(args)
    const value = field(env.event, String(name))
    return patterns.some((pattern) => matches(patternOf(pattern, env), value))
  },
  tagged: (args, { event }) => list(args).some((tags) => hasTags(event, 'every', tags)),
  'tagged-all': (args, { event }) => list(args).some((tags) => hasTags(event, 'every', tags)),
  'tagged-any': (args, { event }) => list(args).some((tags) => hasTags(event, 'some', tags)),
}

function foldOf(name: string, fn: Readonly<Record<string, unknown>>, env: Env): Fn {
  const ours = FOLDS[name]
  if (ours === undefined) throw new NotCovered(`fold ${name}`)
  const fold = fn['as Riemann'] === true ? asRiemann(name, ours) : ours
  return (events) =>
    fold(list(events), fn, {
      fn: (builtin) => builtinOf(String(builtin), env),
      value: (expr) => evaluate(expr, env),
    })
}

/** A function of `riemann.streams`, `clojure.core` … by its name. */
export function builtinOf(name: string, { now }: Pick<Env, 'now'>): Fn {
  const builtin = BUILTINS[name] ?? OPERATORS[name]
  if (builtin === undefined) throw new Error(`no function is called ${name}`)
  return name === 'unix-time' ? now : builtin
}

const BUILTINS: Readonly<Record<string, Fn>> = {
  'expired?': isExpiredValue,
  identity: (value) => value,
  'pos?': (value) => number(value) > 0,
  'neg?': (value) => number(value) < 0,
  'zero?': (value) => number(value) === 0,
  'even?': isEven,
  'odd?': (value) => !isEven(value),
  'nil?': (value) => value === null || value === undefined,
  'some?': (value) => value !== null && value !== undefined,
  'string?': (value) => typeof value === 'string',
  'number?': (value) => typeof value === 'number',
  'integer?': (value) => Number.isInteger(value),
  'empty?': (value) => count(value) === 0,
  not: (value) => !truthy(value),
  count,
  first: (value) => list(value)[0] ?? null,
  last: (value) => list(value).at(-1) ?? null,
  inc: (value) => number(value) + 1,
  dec: (value) => number(value) - 1,
  abs: (value) => Math.abs(number(value)),
  reverse: (value) => [...list(value)].reverse(),
  vector: (...values) => values,
  list: (...values) => values,
  'sum-of-numbers': (values) => list(values).reduce<number>((sum, value) => sum + number(value), 0),
  'max-of-numbers': (values) => {
    if (list(values).length === 0) throw new Error('max of nothing')
    return Math.max(...list(values).map(number))
  },
  'min-of-numbers': (values) => {
    if (list(values).length === 0) throw new Error('min of nothing')
    return Math.min(...list(values).map(number))
  },
}

/** A stream taken as a predicate: what it answers to an event. */
function predicateOf(node: Readonly<Record<string, unknown>>, env: Env): Fn {
  switch (node.op) {
    case 'where':
      return (event) => evaluate(node.expr, { ...env, event })
    case 'where*':
      return functionOf(node.fn, env)
    case 'match': {
      const value = functionOf(node.fn, env)
      return (event) => matches(patternOf(node.value, env), toRiemann(value(event))) || null
    }
    case 'tagged':
    case 'tagged-all':
      return (event) => hasTags(event, 'every', node.tags) || null
    case 'tagged-any':
      return (event) => hasTags(event, 'some', node.tags) || null
    case 'expired':
      return (event) => isExpiredValue(event) || null
    case 'not-expired':
      return (event) => !isExpiredValue(event) || null
    default:
      throw new Error(`${String(node.op)} is no predicate`)
  }
}

/** A part of Riemann's vocabulary that Weir has no operator for: a vector with it fails. */
export class NotCovered extends Error {}
