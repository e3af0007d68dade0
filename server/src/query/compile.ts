import type { Query } from './ast.ts'
import { parseQuery } from './parse.ts'
import { type Plan, planOf } from './plan.ts'
import { compilePredicate, type EventTest } from './predicate.ts'

/** A query, ready to be asked. */
export interface CompiledQuery {
  /** As it was written. */
  readonly text: string
  readonly query: Query
  /** Whether the event is one that the query is about, whatever it wants to know of it. */
  readonly matches: EventTest
  /** Where such events stand in the index. */
  readonly plan: Plan
  /** Whether it asks for something that only a whole set of events has: an order, a limit, a count. */
  readonly hasClauses: boolean
}

/**
 * Compiles a query. Throws QueryError (WEIR_QUERY_INVALID), with the place, where it can't be read.
 *
 * @example
 * compileQuery('state = "critical" and not tagged "test"').matches(event)
 */
export function compileQuery(text: string): CompiledQuery {
  const query = parseQuery(text)
  const plan = planOf(query.where)
  return {
    text,
    query,
    matches: compilePredicate(query.where, plan.regexes),
    plan,
    hasClauses: query.count !== undefined || query.order.length > 0 || query.limit !== undefined,
  }
}
