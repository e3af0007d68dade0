import type { Predicate } from './ast.ts'
import { fieldsOf } from './fields.ts'
import { literalOf } from './value.ts'

/** The two fields by which the index finds events. */
export type KeyField = 'host' | 'service'

/** A text, or undefined for events that lack the field. */
export type KeyValue = string | undefined

/**
 * What of a query says where its events stand in the index. The query is all of it together: `exact` and `onlyOf`
 * repeat or divide what `where` says.
 */
export interface Plan {
  /** The hosts (services) that the events have, where the query names one. */
  readonly exact: { readonly [Key in KeyField]?: { readonly value: KeyValue } }
  /** What is asked of this field alone, and so once for each value of it. */
  readonly onlyOf: { readonly [Key in KeyField]: readonly Predicate[] }
  /** What has to be asked of each event. */
  readonly rest: readonly Predicate[]
  /** No event can match. */
  readonly nothing: boolean
  /** How many regular expressions there are. */
  readonly regexes: number
}

/** Takes the conjuncts of the predicate apart, by the fields that they look at. */
export function planOf(where: Predicate): Plan {
  const exact: { [Key in KeyField]?: { readonly value: KeyValue } } = {}
  const onlyOf: { readonly [Key in KeyField]: Predicate[] } = { host: [], service: [] }
  const rest: Predicate[] = []
  let nothing = false
  for (const conjunct of conjunctsOf(where)) {
    const named = equalityOf(conjunct)
    if (named !== undefined) {
      const { field, value } = named
      const before = exact[field]
      if (before === undefined) exact[field] = { value }
      else if (before.value !== value) nothing = true
      continue
    }
    const field = onlyFieldOf(conjunct)
    if (field === 'host' || field === 'service') onlyOf[field].push(conjunct)
    else rest.push(conjunct)
  }
  return { exact, onlyOf, rest, nothing, regexes: countRegexes(where) }
}

function conjunctsOf(predicate: Predicate): readonly Predicate[] {
  return predicate.kind === 'and' ? predicate.terms.flatMap(conjunctsOf) : [predicate]
}

function countRegexes(predicate: Predicate): number {
  switch (predicate.kind) {
    case 'and':
    case 'or':
      return predicate.terms.reduce((count, term) => count + countRegexes(term), 0)
    case 'not':
      return countRegexes(predicate.term)
    default:
      return predicate.kind === 'regex' ? 1 : 0
  }
}

/** `host = "a"`, in either order, and `host = nil`. */
function equalityOf(
  predicate: Predicate,
): { readonly field: KeyField; readonly value: KeyValue } | undefined {
  if (predicate.kind !== 'equality' || predicate.op !== '=') return undefined
  const { left, right } = predicate
  const field = left.kind === 'field' ? left : right
  const literal = left.kind === 'field' ? right : left
  if (field.kind !== 'field' || literal.kind === 'field') return undefined
  if (field.name !== 'host' && field.name !== 'service') return undefined
  const value = literalOf(literal)
  return typeof value === 'string' || value === undefined ? { field: field.name, value } : undefined
}

/** The one field that the predicate looks at; undefined where it looks at none, or at several. */
function onlyFieldOf(predicate: Predicate): string | undefined {
  const fields = fieldsOf(predicate)
  const [only] = fields
  return fields.size === 1 ? only : undefined
}
