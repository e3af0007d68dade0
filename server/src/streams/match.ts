import type { MonoTypeOperatorFunction } from 'rxjs'
import { stage } from '../rules/stage.ts'

/**
 * What a value is held against: a regular expression finds a part of a text (and nothing in anything else), a set
 * contains it, a function says so, an object holds each of its members against the same member of the value, null and
 * undefined are met by a missing value, and everything else by an equal one.
 */
export type Pattern =
  | string
  | number
  | boolean
  | null
  | undefined
  | RegExp
  | ReadonlySet<unknown>
  | ((value: unknown) => unknown)
  | { readonly [member: string]: Pattern }

/**
 * Passes the values of which `part` meets the pattern (Riemann's `match`). For the fields of an event `where` and a
 * rule's `match` are shorter.
 *
 * @example match((event: Event) => event.attributes.version, /^2\./)
 * @example match((event: Event) => event, { state: new Set(['warning', 'critical']), metric: undefined })
 */
export function match<T>(part: (value: T) => unknown, pattern: Pattern): MonoTypeOperatorFunction<T> {
  return stage(
    'match',
    (value, output) => {
      if (matches(pattern, part(value))) output.next(value)
    },
    [part, pattern],
  )
}

/**
 * Whether a value meets a pattern.
 *
 * @example filter((event: Event) => !matches({ host: /^test/ }, event))
 */
export function matches(pattern: Pattern, value: unknown): boolean {
  if (pattern === null || pattern === undefined) return value === null || value === undefined
  if (typeof pattern === 'function') return Boolean(pattern(value))
  if (typeof pattern !== 'object') return value === pattern
  // `search` minds neither `g` nor `y`, which keep state between calls of `test`.
  if (pattern instanceof RegExp) return typeof value === 'string' && value.search(pattern) >= 0
  if (isSet(pattern)) return pattern.has(value)
  const members = typeof value === 'object' && value !== null ? Object.entries(value) : []
  const byName = new Map<string, unknown>(members)
  return Object.entries(pattern).every(([name, inner]) => matches(inner, byName.get(name)))
}

function isSet(pattern: object): pattern is ReadonlySet<unknown> {
  return pattern instanceof Set
}
