import type { Event } from 'weir-protocol'
import type { OrderKey } from './ast.ts'
import { fieldOf, type Scalar } from './value.ts'

export type Compare = (a: Event, b: Event) => number

/**
 * The order that the keys ask for: numbers by value, before texts by code unit; events that lack the field come last in
 * both directions. What the keys leave open goes by host, then service.
 */
export function compareBy(keys: readonly OrderKey[]): Compare {
  const asked = [...keys, { field: 'host', descending: false }, { field: 'service', descending: false }].map(
    ({ field, descending }) => ({ value: fieldOf(field), sign: descending ? -1 : 1 }),
  )
  return (a, b) => {
    for (const { value, sign } of asked) {
      const compared = compareValues(value(a), value(b), sign)
      if (compared !== 0) return compared
    }
    return 0
  }
}

function compareValues(a: Scalar, b: Scalar, sign: number): number {
  const kinds = kindOf(a) - kindOf(b)
  if (kinds !== 0) return kindOf(a) === MISSING || kindOf(b) === MISSING ? kinds : kinds * sign
  if ((typeof a === 'number' && typeof b === 'number') || (typeof a === 'string' && typeof b === 'string'))
    return a < b ? -sign : a > b ? sign : 0
  return 0
}

const MISSING = 2

function kindOf(value: Scalar): number {
  if (typeof value === 'number') return 0
  return typeof value === 'string' ? 1 : MISSING
}

/** The first so many of what is added, by an order, in memory for so many. */
export class First {
  readonly #compare: Compare
  readonly #limit: number
  /** A heap, the last of the kept at its top. */
  readonly #heap: Event[] = []

  constructor(compare: Compare, limit: number) {
    this.#compare = compare
    this.#limit = limit
  }

  get size(): number {
    return this.#heap.length
  }

  add(event: Event): void {
    const heap = this.#heap
    const [last] = heap
    if (heap.length < this.#limit) {
      heap.push(event)
      this.#rise(heap.length - 1)
    } else if (last !== undefined && this.#compare(event, last) < 0) {
      heap[0] = event
      this.#sink()
    }
  }

  /** Takes out the last of what is kept. */
  takeLast(): Event | undefined {
    const heap = this.#heap
    const [last] = heap
    const moved = heap.pop()
    if (heap.length > 0 && moved !== undefined) {
      heap[0] = moved
      this.#sink()
    }
    return last
  }

  #rise(from: number): void {
    const heap = this.#heap
    let at = from
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#after(at, parent)) return
      swap(heap, at, parent)
      at = parent
    }
  }

  #sink(): void {
    const heap = this.#heap
    let at = 0
    while (true) {
      const left = 2 * at + 1
      if (left >= heap.length) return
      const child = left + 1 < heap.length && this.#after(left + 1, left) ? left + 1 : left
      if (!this.#after(child, at)) return
      swap(heap, at, child)
      at = child
    }
  }

  #after(i: number, j: number): boolean {
    const a = this.#heap[i]
    const b = this.#heap[j]
    return a !== undefined && b !== undefined && this.#compare(a, b) > 0
  }
}

function swap(events: Event[], i: number, j: number): void {
  const a = events[i]
  const b = events[j]
  if (a === undefined || b === undefined) return
  events[i] = b
  events[j] = a
}
