/**
 * A list at whose end values come and from whose beginning they leave; JSON data, changed in place, so that one more costs
 * the same however many there are.
 */
export interface SlidingList<T> {
  readonly values: T[]
  /** How many of the first ones have left. */
  gone: number
}

export function emptyList<T>(): SlidingList<T> {
  return { values: [], gone: 0 }
}

export function sizeOf({ values, gone }: SlidingList<unknown>): number {
  return values.length - gone
}

export function append<T>({ values }: SlidingList<T>, value: T): void {
  values.push(value)
}

/** Takes the first so many away. */
export function dropFirst(list: SlidingList<unknown>, count: number): void {
  list.gone += count
  // Half of it at a time: on average each value is moved once.
  if (list.gone * 2 < list.values.length) return
  list.values.splice(0, list.gone)
  list.gone = 0
}

/** Takes away the first ones that are to leave, up to one that is not. */
export function dropWhile<T extends object>(list: SlidingList<T>, leaves: (value: T) => boolean): void {
  let count = 0
  let first = list.values[list.gone]
  while (first !== undefined && leaves(first)) {
    count += 1
    first = list.values[list.gone + count]
  }
  dropFirst(list, count)
}

/** Takes away all that are to leave, wherever they stand. */
export function dropAll<T>(list: SlidingList<T>, leaves: (value: T) => boolean): void {
  const { values, gone } = list
  let kept = 0
  for (const [n, value] of values.entries()) {
    if (n < gone || leaves(value)) continue
    values[kept] = value
    kept += 1
  }
  values.length = kept
  list.gone = 0
}

/** Those that are there now, as a list that stays as it is. */
export function copyOf<T>({ values, gone }: SlidingList<T>): readonly T[] {
  return values.slice(gone)
}
