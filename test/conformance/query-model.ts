import type { Predicate, Value } from '../../server/src/query/ast.ts'
import { likeTest } from '../../server/src/query/like.ts'
import { compileRegex } from '../../server/src/regex/compile.ts'

/** A value of Riemann: integers are a kind of their own, and no float equals one. */
export type Kinded = string | boolean | null | bigint | number | readonly Kinded[]

/** An event as a map; an absent field is nil. Integers are bigints, floats numbers. */
export type RawEvent = Readonly<Record<string, Kinded>>

/** What queries mean, in the plainest words; the differences of Weir change some of them. */
export interface QuerySemantics {
  /** The event as it stands in the index. */
  readonly take: (event: RawEvent) => RawEvent
  readonly equal: (a: Kinded, b: Kinded) => boolean
}

/** Riemann's. */
export const RIEMANN: QuerySemantics = {
  take: (event) => event,
  equal: (a, b) =>
    Array.isArray(a) && Array.isArray(b)
      ? a.length === b.length && a.every((one, i) => RIEMANN.equal(one, b[i] ?? null))
      : a === b,
}

/** Reads JSON of vectors, with the kinds of its numbers as they are written. */
export function parseKinded(json: string): unknown {
  return JSON.parse(json, (_, value: unknown, { source }: { source?: string } = {}) =>
    typeof value === 'number' && source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : value,
  )
}

/** Whether the predicate holds of the event. */
export function holds(predicate: Predicate, raw: RawEvent, semantics: QuerySemantics): boolean {
  const event = semantics.take(raw)
  const kindedOf = (value: Value): Kinded => {
    if (value.kind === 'field') return event[value.name] ?? null
    return value.kind === 'text' ? value.text : value.value
  }
  const textHolds = (value: Value, test: (text: string) => boolean) => {
    const text = kindedOf(value)
    return typeof text === 'string' && test(text)
  }
  const test = (one: Predicate): boolean => {
    switch (one.kind) {
      case 'and':
        return one.terms.every(test)
      case 'or':
        return one.terms.some(test)
      case 'not':
        return !test(one.term)
      case 'tagged':
        return Array.isArray(event.tags) && event.tags.includes(one.tag)
      case 'equality':
        return semantics.equal(kindedOf(one.left), kindedOf(one.right)) === (one.op === '=')
      case 'ordering': {
        const [a, b] = [kindedOf(one.left), kindedOf(one.right)]
        if (!isNumber(a) || !isNumber(b)) return false
        return { '<': a < b, '<=': a <= b, '>': a > b, '>=': a >= b }[one.op]
      }
      case 'like':
        return textHolds(one.left, likeTest(one.pattern))
      case 'regex':
        return textHolds(one.left, compileRegex(one.pattern))
      case 'value': {
        const value = kindedOf(one.value)
        return value !== null && value !== false
      }
    }
  }
  return test(predicate)
}

export function isNumber(value: Kinded): value is bigint | number {
  return typeof value === 'bigint' || typeof value === 'number'
}
