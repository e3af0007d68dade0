import { QueryError } from './error.ts'
import { fieldsOf } from './fields.ts'
import { parseQuery } from './parse.ts'

/**
 * What a query says that hardly anybody means, a line each: `metric>1` is the name of a field, in Riemann as here.
 * None for a query that can't be read.
 */
export function queryHints(text: string): readonly string[] {
  try {
    return [...fieldsOf(parseQuery(text).where)].flatMap((name) => {
      const operator = /[=!<>&|]+/.exec(name)?.[0]
      return operator === undefined
        ? []
        : [`'${name}' is read as the name of a field, as there are no spaces around ${operator}`]
    })
  } catch (error) {
    if (error instanceof QueryError) return []
    throw error
  }
}
