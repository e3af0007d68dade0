import type { OrderKey, Query } from './ast.ts'
import type { TokenReader } from './token-reader.ts'

/** The most events or counts that a query gives. */
export const RESULT_LIMIT = 100_000

/** The names that begin a clause; as names of fields in the clause before they mean the clause. */
const CLAUSES = ['count', 'order', 'limit']
/** Not to be counted by: an event of the count could not say which of them it is about. */
const NO_TEXTS = ['metric', 'time', 'ttl', 'tags']

/** What may follow the predicate: `count [by FIELD…]`, `order by FIELD [asc|desc]…`, `limit N`, in this order. */
export function parseClauses(tokens: TokenReader): Omit<Query, 'where'> {
  const count = tokens.takeName('count') ? { by: tokens.takeName('by') ? textFields(tokens) : [] } : undefined
  const order = tokens.takeName('order') ? orderKeys(tokens) : []
  const limit = tokens.takeName('limit') ? wholeNumber(tokens) : undefined
  if (tokens.next.type !== 'end') {
    const before = limit !== undefined ? '' : order.length > 0 ? ", 'limit'" : ", 'order by', 'limit'"
    throw tokens.unexpected(
      count === undefined && order.length === 0 && limit === undefined
        ? "'and', 'or', the end, or 'count', 'order by', 'limit'"
        : `the end${before}`,
    )
  }
  return {
    ...(count === undefined ? {} : { count }),
    order,
    ...(limit === undefined ? {} : { limit }),
  }
}

function orderKeys(tokens: TokenReader): OrderKey[] {
  if (!tokens.takeName('by')) throw tokens.unexpected("'by' after 'order'")
  const keys: OrderKey[] = []
  do {
    const field = fieldName(tokens)
    const descending = tokens.takeName('desc')
    if (!descending) tokens.takeName('asc')
    keys.push({ field, descending })
  } while (isField(tokens))
  return keys
}

function textFields(tokens: TokenReader): string[] {
  const names: string[] = []
  do {
    if (NO_TEXTS.includes(tokens.next.text)) throw tokens.unexpected('a field that is a text, such as host')
    names.push(fieldName(tokens))
  } while (isField(tokens))
  return names
}

function fieldName(tokens: TokenReader): string {
  if (tokens.next.type !== 'name') throw tokens.unexpected('the name of a field')
  return tokens.take().text
}

function isField(tokens: TokenReader): boolean {
  return tokens.next.type === 'name' && !CLAUSES.includes(tokens.next.text)
}

function wholeNumber(tokens: TokenReader): number {
  const { type, text } = tokens.next
  const value = type === 'integer' ? Number(text) : Number.NaN
  if (!Number.isInteger(value) || value < 1 || value > RESULT_LIMIT)
    throw tokens.unexpected(`a whole number from 1 to ${RESULT_LIMIT} after 'limit'`)
  tokens.take()
  return value
}
