import { WeirError } from '../errors.ts'

/** How much of a long line is shown on each side of the place. */
const SHOWN = 60

/** A query that can't be read. Its message has the place, and the line with a mark below it. */
export class QueryError extends WeirError {
  /** Where in the text, in UTF-16 units from 0. */
  readonly at: number
  /** What is wrong, without the place. */
  readonly problem: string

  constructor(text: string, at: number, problem: string, options?: ErrorOptions) {
    const { line, column } = placeIn(text, at)
    const place = line === 1 ? `column ${column}` : `line ${line}, column ${column}`
    super('WEIR_QUERY_INVALID', { problem: `${problem} (${place})\n${excerpt(text, at)}` }, options)
    this.at = at
    this.problem = problem
  }
}

/** Line and column, both from 1. */
function placeIn(text: string, at: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, at).split('\n')
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 }
}

/** The line that holds the place, cut where it is long, and below it a mark. */
function excerpt(text: string, at: number): string {
  const start = text.lastIndexOf('\n', at - 1) + 1
  const next = text.indexOf('\n', at)
  const end = next < 0 ? text.length : next
  const from = Math.max(start, at - SHOWN)
  const to = Math.min(end, at + SHOWN)
  const head = from > start ? '…' : ''
  const line = `${head}${text.slice(from, to)}${to < end ? '…' : ''}`.replace(/\p{Cc}/gu, ' ')
  return `  ${line}\n  ${' '.repeat(head.length + at - from)}^`
}
