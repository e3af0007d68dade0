import type { Event } from 'weir-protocol'

/** What stands in a ranking. */
export interface Ranked<T> {
  readonly key: string
  readonly item: T
  readonly value: number
  /** Of two with the same value the one that came first is the lesser. */
  readonly order: number
}

/** Items by their values, one for each key, as plain data that is changed in place; each change is O(log n). */
export interface Ranking<T> {
  /** A binary heap: the least stands first. */
  readonly heap: Ranked<T>[]
  /** Where in the heap the item of a key stands. Keys are JSON arrays, so that none is the name of something else. */
  readonly places: Record<string, number>
  /** The order of the next one. */
  next: number
}

export function emptyRanking<T>(): Ranking<T> {
  return { heap: [], places: {}, next: 0 }
}

/** Of a host and a service. */
export function keyOf({ host, service }: Event): string {
  return JSON.stringify([host, service])
}

export function least<T>({ heap }: Ranking<T>): Ranked<T> | undefined {
  return heap[0]
}

/** The item of a key. */
export function itemOf<T>({ heap, places }: Ranking<T>, key: string): T | undefined {
  const place = places[key]
  return place === undefined ? undefined : heap[place]?.item
}

/** Puts the item in, or in the place of the one before of its key, whose order it keeps. */
export function put<T>(ranking: Ranking<T>, key: string, item: T, value: number): void {
  const { heap, places } = ranking
  const place = places[key]
  const before = place === undefined ? undefined : heap[place]
  const order = before === undefined ? ranking.next++ : before.order
  settle(ranking, place ?? heap.length, { key, item, value, order })
}

export function remove<T>(ranking: Ranking<T>, key: string): void {
  const { heap, places } = ranking
  const place = places[key]
  if (place === undefined) return
  delete places[key]
  const last = heap.pop()
  if (last !== undefined && last.key !== key) settle(ranking, place, last)
}

/** Puts it where it belongs, above or below this place, which is free or its own. */
function settle<T>({ heap, places }: Ranking<T>, from: number, ranked: Ranked<T>): void {
  let place = from
  const set = (at: number, one: Ranked<T>) => {
    heap[at] = one
    places[one.key] = at
  }
  for (;;) {
    const above = (place - 1) >> 1
    const parent = heap[above]
    if (place === 0 || parent === undefined || !isLess(ranked, parent)) break
    set(place, parent)
    place = above
  }
  for (;;) {
    const left = heap[2 * place + 1]
    const right = heap[2 * place + 2]
    const child = left !== undefined && right !== undefined && isLess(right, left) ? right : left
    if (child === undefined || child.key === ranked.key || !isLess(child, ranked)) break
    const below = places[child.key] ?? 0
    set(place, child)
    place = below
  }
  set(place, ranked)
}

function isLess(a: Ranked<unknown>, b: Ranked<unknown>): boolean {
  return a.value < b.value || (a.value === b.value && a.order < b.order)
}
