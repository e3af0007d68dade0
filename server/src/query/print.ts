import type { Predicate, Query, Value } from './ast.ts'

/**
 * Writes a query out, in one form for all ways to write the same: `parseQuery(printQuery(query))` is the query.
 *
 * Fields whose names could not have been written in a query are not checked for.
 */
export function printQuery({ where, count, order, limit }: Query): string {
  const clauses = [
    printPredicate(where),
    count === undefined ? '' : ['count', ...(count.by.length > 0 ? ['by', ...count.by] : [])].join(' '),
    order.length === 0
      ? ''
      : `order by ${order.map(({ field, descending }) => (descending ? `${field} desc` : field)).join(', ')}`,
    limit === undefined ? '' : `limit ${limit}`,
  ]
  return clauses.filter((clause) => clause !== '').join(' ')
}

/** A predicate alone; parentheses where they are needed. */
export function printPredicate(predicate: Predicate): string {
  switch (predicate.kind) {
    case 'and':
    case 'or':
      return predicate.terms
        .map((term) =>
          term.kind === 'or' || term.kind === predicate.kind
            ? `(${printPredicate(term)})`
            : printPredicate(term),
        )
        .join(` ${predicate.kind} `)
    case 'not': {
      const { term } = predicate
      const inner = printPredicate(term)
      return term.kind === 'and' || term.kind === 'or' ? `not (${inner})` : `not ${inner}`
    }
    case 'tagged':
      return `tagged ${quoted(predicate.tag)}`
    case 'equality':
    case 'ordering':
      return `${printValue(predicate.left)} ${predicate.op} ${printValue(predicate.right)}`
    case 'like':
      return `${printValue(predicate.left)} =~ ${quoted(predicate.pattern)}`
    case 'regex':
      return `${printValue(predicate.left)} ~= ${quoted(predicate.pattern)}`
    case 'value':
      return printValue(predicate.value)
  }
}

function printValue(value: Value): string {
  switch (value.kind) {
    case 'text':
      return quoted(value.text)
    case 'integer':
      return value.big ? `${value.value}N` : `${value.value}`
    case 'float':
      return printFloat(value.value)
    case 'constant':
      return value.value === null ? 'nil' : `${value.value}`
    case 'field':
      return value.name
  }
}

function printFloat(value: number): string {
  if (Object.is(value, -0)) return '-0.0'
  const text = `${value}`.replace('e+', 'e')
  return Number.isFinite(value) && !/[.e]/.test(text) ? `${text}.0` : text
}

/** A backslash is written as a number, since one before a quote would keep the text open. */
function quoted(text: string): string {
  const escaped = text.replace(/["\\\p{Cc}]/gu, (char) =>
    char === '"' ? '\\"' : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return `"${escaped}"`
}
