import type { Event } from 'weir-protocol'
import { compileRegex } from '../regex/compile.ts'
import type { Ordering, Predicate } from './ast.ts'
import { likeTest } from './like.ts'
import { compileValue, type Scalar, type ValueOf } from './value.ts'

export type EventTest = (event: Event) => boolean

/**
 * The predicate as a test of events, with Riemann's meaning: a missing field is nil; only nil and false are false;
 * `<` and its like hold for numbers only, `=~` and `~=` for texts only. Numbers are equal by value.
 *
 * `regexes`: how many regular expressions the whole query has. Throws where one is none.
 */
export function compilePredicate(predicate: Predicate, regexes = 1): EventTest {
  switch (predicate.kind) {
    case 'and':
      return all(predicate.terms.map((term) => compilePredicate(term, regexes)))
    case 'or': {
      const tests = predicate.terms.map((term) => compilePredicate(term, regexes))
      return (event) => {
        for (const test of tests) if (test(event)) return true
        return false
      }
    }
    case 'not': {
      const test = compilePredicate(predicate.term, regexes)
      return (event) => !test(event)
    }
    case 'tagged': {
      const { tag } = predicate
      return (event) => event.tags.includes(tag)
    }
    case 'equality': {
      const left = compileValue(predicate.left)
      const right = compileValue(predicate.right)
      return predicate.op === '='
        ? (event) => left(event) === right(event)
        : (event) => left(event) !== right(event)
    }
    case 'ordering':
      return compileOrdering(predicate.op, compileValue(predicate.left), compileValue(predicate.right))
    case 'like':
      return ofText(compileValue(predicate.left), likeTest(predicate.pattern))
    case 'regex':
      return ofText(compileValue(predicate.left), compileRegex(predicate.pattern, regexes))
    case 'value': {
      const value = compileValue(predicate.value)
      return (event) => isTrue(value(event))
    }
  }
}

/** Passes every event. */
export const EVERY: EventTest = () => true

/** That all tests hold; EVERY where there are none. */
export function all(tests: readonly EventTest[]): EventTest {
  const [first, second] = tests
  if (first === undefined) return EVERY
  if (second === undefined) return first
  return (event) => {
    for (const test of tests) if (!test(event)) return false
    return true
  }
}

function compileOrdering(op: Ordering, left: ValueOf, right: ValueOf): EventTest {
  const compare = COMPARE[op]
  return (event) => {
    const a = left(event)
    const b = right(event)
    return typeof a === 'number' && typeof b === 'number' && compare(a, b)
  }
}

const COMPARE: Readonly<Record<Ordering, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
}

function ofText(value: ValueOf, test: (text: string) => boolean): EventTest {
  return (event) => {
    const text = value(event)
    return typeof text === 'string' && test(text)
  }
}

function isTrue(value: Scalar): boolean {
  return value !== undefined && value !== false
}
