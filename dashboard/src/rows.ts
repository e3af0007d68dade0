import { createSignal } from 'solid-js'
import type { Row } from 'weir-hub/live'
import { type Searchable, searchable } from './filter.ts'
import { byName, naturalKey, type Sortable } from './order.ts'

/** How many rows the page holds at most: as many as a snapshot of the hub has at most. */
export const ROW_LIMIT = 20_000

/** A host and service in the table: it stays the same object as long as it is in the index, its row changes. */
export interface Cell extends Sortable {
  /** Of this host and service alone. */
  readonly key: string
  /** Signals its changes. */
  row(): Row
  /** The row's texts for the filter, made when first asked for after a change. */
  text(): Searchable
}

/** The rows of the index that the page holds: at most `limit`, those beyond it are left out. */
export interface Rows {
  /** Takes all rows anew; those that stay keep their cell. */
  reset(rows: readonly Row[]): void
  /** Takes rows that changed; `null` for those that left. */
  apply(changes: ReadonlyMap<string, Row | null>): void
  /** In `byName` order. Not a signal; the array is the same one until rows come or go. */
  cells(): readonly Cell[]
  /** Whether the limit is reached: the hub's own count says then how many rows are missing here. */
  full(): boolean
}

/** The key of a host and service; an absent name and an empty one are different. */
export function keyOf(host: string | null, service: string | null): string {
  return JSON.stringify([host, service])
}

export function createRows(limit = ROW_LIMIT): Rows {
  const held = new Map<string, { readonly cell: Cell; readonly set: (row: Row) => void }>()
  let inOrder: readonly Cell[] = []
  let added: Cell[] = []
  let removed = false

  const put = (key: string, row: Row): void => {
    const known = held.get(key)
    if (known !== undefined) known.set(row)
    else if (held.size < limit) {
      const made = createCell(key, row)
      held.set(key, made)
      added.push(made.cell)
    }
  }
  const remove = (key: string): void => {
    removed = held.delete(key) || removed
  }

  return {
    reset(rows) {
      const keyed = new Map(rows.map((row) => [keyOf(row.host, row.service), row]))
      for (const key of held.keys()) if (!keyed.has(key)) remove(key)
      for (const [key, row] of keyed) put(key, row)
    },
    apply(changes) {
      for (const [key, row] of changes) if (row === null) remove(key)
      for (const [key, row] of changes) if (row !== null) put(key, row)
    },
    cells() {
      if (removed || added.length > 0) {
        const isHeld = (cell: Cell): boolean => held.get(cell.key)?.cell === cell
        // Sorting is cheap here: all but the new ones are in order already.
        inOrder = [...inOrder, ...added].filter(isHeld).sort(byName)
        added = []
        removed = false
      }
      return inOrder
    },
    full: () => held.size >= limit,
  }
}

function createCell(key: string, first: Row): { cell: Cell; set: (row: Row) => void } {
  const [row, set] = createSignal(first)
  let text: { readonly of: Row; readonly is: Searchable } | undefined
  const cell: Cell = {
    key,
    hostKey: naturalKey(first.host),
    serviceKey: naturalKey(first.service),
    row,
    text() {
      const current = row()
      if (text?.of !== current) text = { of: current, is: searchable(current) }
      return text.is
    },
  }
  return { cell, set }
}
