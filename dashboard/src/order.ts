import type { Row } from 'weir-hub/live'
import { kindOf, rankOf } from './states.ts'

export const COLUMNS = ['state', 'host', 'service', 'metric', 'age', 'tags'] as const

export type Column = (typeof COLUMNS)[number]

export interface Sort {
  readonly column: Column
  /** Against the order that the column has by nature: worst first, a to z, biggest first, newest first. */
  readonly reversed: boolean
}

/** Worst first, then by host and service. */
export const WORST_FIRST: Sort = { column: 'state', reversed: false }

/** What a row is ordered by; `hostKey` and `serviceKey` are `naturalKey` of its names. */
export interface Sortable {
  readonly hostKey: string
  readonly serviceKey: string
  row(): Row
}

/**
 * A text as something that plain string comparison puts into the order people expect: case aside, numbers by size.
 *
 * @example naturalKey('web-2') < naturalKey('Web-10') // true
 */
export function naturalKey(text: string | null): string {
  return (text ?? '').toLowerCase().replaceAll(/\d+/g, (digits) => digits.padStart(12, '0'))
}

/** By host, then service. Those without a name come last. */
export function byName(a: Sortable, b: Sortable): number {
  return compareText(a.hostKey, b.hostKey) || compareText(a.serviceKey, b.serviceKey)
}

function compareText(a: string, b: string): number {
  if (a === b) return 0
  if (a === '') return 1
  if (b === '') return -1
  return a < b ? -1 : 1
}

/** A click on a column: its natural order first, the reverse of it next. */
export function clicked(sort: Sort, column: Column): Sort {
  return { column, reversed: sort.column === column && !sort.reversed }
}

/**
 * The rows in the order asked for. Equal ones stay as they are, so rows that come in `byName` order are in that order
 * within each state, metric and so on. Rows without a metric or tags come last in either direction.
 */
export function ordered<Cell extends Sortable>(
  cells: readonly Cell[],
  { column, reversed }: Sort,
): readonly Cell[] {
  const sign = reversed ? -1 : 1
  if (column === 'host') return reversed ? sorted(cells, (a, b) => -compareText(a.hostKey, b.hostKey)) : cells
  if (column === 'service') return sorted(cells, (a, b) => sign * compareText(a.serviceKey, b.serviceKey))
  if (column === 'state') return byNumber(cells, (row) => rankOf(kindOf(row.shown)), sign)
  if (column === 'age') return byNumber(cells, (row) => -row.arrival, sign)
  if (column === 'metric')
    return byNumber(cells, (row) => (row.metric === null ? undefined : -row.metric), sign)
  const tagged = cells.map((cell) => ({ cell, key: naturalKey(cell.row().tags.join(' ')) }))
  return tagged
    .sort((a, b) => (a.key && b.key ? sign : 1) * compareText(a.key, b.key))
    .map(({ cell }) => cell)
}

function sorted<Cell>(cells: readonly Cell[], compare: (a: Cell, b: Cell) => number): readonly Cell[] {
  return [...cells].sort(compare)
}

function byNumber<Cell extends Sortable>(
  cells: readonly Cell[],
  keyOf: (row: Row) => number | undefined,
  sign: number,
): readonly Cell[] {
  const keyed: { cell: Cell; key: number }[] = []
  const without: Cell[] = []
  for (const cell of cells) {
    const key = keyOf(cell.row())
    if (key === undefined) without.push(cell)
    else keyed.push({ cell, key })
  }
  keyed.sort((a, b) => sign * (a.key - b.key))
  return [...keyed.map(({ cell }) => cell), ...without]
}
