import {
  type Clojurish,
  type IndexOp,
  type IndexOutcome,
  isExpiredEvent,
  normal,
  type Seen,
} from './index-ops.ts'

/** An event that an index holds, and when it was inserted. Times are seconds, as in the vectors. */
export interface Held {
  readonly event: Clojurish
  readonly arrival: number
}

/** What an index does where one index may differ from another; `differences.ts` tells how Weir's does from Riemann's. */
export interface IndexSemantics {
  /** The event as it is held, inserted at `now`; an error where it is refused. */
  take(event: Clojurish, now: number, wrapped: boolean): Clojurish | { readonly error: string }
  /** When a held event leaves by itself; undefined: it waits for a reaper or `expire`. */
  leavesAt(held: Held): number | undefined
  /** Whether a reaper or `expire` finds that it has to leave, and can tell of it. */
  findsPast(held: Held, now: number): 'past' | 'past, untold' | 'alive'
  /** What the rules hear of an event that has left for its age. */
  copy(event: Clojurish, now: number, keepKeys: readonly string[] | 'all'): Clojurish
  /** What those who watch the index hear. */
  heard(change: IndexChange): Seen['event'] | undefined
}

export type IndexChange =
  | { readonly kind: 'inserted'; readonly event: Clojurish; readonly known: boolean }
  | { readonly kind: 'deleted'; readonly event: Clojurish }
  | { readonly kind: 'expired'; readonly event: Clojurish; readonly copy: Clojurish }

/** What Riemann's index does; index.test.ts holds it against what the real one did. */
export const RIEMANN_INDEX: IndexSemantics = {
  take: (event, _, wrapped) =>
    wrapped && event.time === undefined
      ? { error: 'clojure.lang.ExceptionInfo: cannot index event with no time' }
      : event,
  leavesAt: () => undefined,
  findsPast: ({ event }, now) => {
    if (typeof event.time !== 'number') return 'past, untold'
    return now - event.time > (typeof event.ttl === 'number' ? event.ttl : 60) ? 'past' : 'alive'
  },
  copy: (event, now, keepKeys) => {
    const kept = Object.entries(event).filter(([key]) => keepKeys === 'all' || keepKeys.includes(key))
    return { ...Object.fromEntries(kept), state: 'expired', time: now }
  },
  heard: (change) =>
    change.kind === 'inserted' ? change.event : change.kind === 'expired' ? change.copy : undefined,
}

/** An index and its reaper by the given semantics, in a few lines, to tell what a real one has to do. */
export class IndexModel {
  readonly #semantics: IndexSemantics
  readonly #held = new Map<string, Held>()
  readonly #wrapped: boolean
  readonly #interval: number
  readonly #keepKeys: readonly string[] | 'all'
  #now: number
  #reapAt: number
  #seen: Seen[] = []

  constructor(
    semantics: IndexSemantics,
    vector: {
      readonly start?: number
      readonly wrapped?: boolean
      readonly reaper?: { readonly interval?: number; readonly 'keep-keys'?: readonly string[] | 'all' }
    },
  ) {
    this.#semantics = semantics
    this.#now = vector.start ?? 0
    this.#wrapped = vector.wrapped === true || vector.reaper !== undefined
    this.#interval = vector.reaper === undefined ? Number.POSITIVE_INFINITY : (vector.reaper.interval ?? 10)
    this.#keepKeys = vector.reaper?.['keep-keys'] ?? ['host', 'service']
    this.#reapAt = this.#now + this.#interval
  }

  do(op: IndexOp): IndexOutcome {
    this.#seen = []
    this.#leave(this.#now)
    const outcome = this.#do(op)
    return { ...outcome, ...(this.#wrapped ? { seen: this.#seen } : {}) }
  }

  #do(op: IndexOp): IndexOutcome {
    switch (op.op) {
      case 'insert':
        return this.#insert(normal(op.event))
      case 'lookup':
        return { result: this.#held.get(keyOf(op))?.event ?? null }
      case 'seq':
        return { result: this.#held.size === 0 ? null : [...this.#held.values()].map(({ event }) => event) }
      case 'instrumentation':
        return { result: this.#held.size }
      case 'delete':
        return { result: this.#delete(keyOf(op.event)) ?? null }
      case 'delete-exactly': {
        const held = this.#held.get(keyOf(op.event))
        if (JSON.stringify(held?.event) === JSON.stringify(normal(op.event))) this.#delete(keyOf(op.event))
        return {}
      }
      case 'delete-from-index': {
        const fields = [op.fields ?? ['host', 'service']].flat()
        const wanted = normal(op.event)
        for (const [key, { event }] of this.#held)
          if (fields.every((field) => event[field] === wanted[field])) this.#delete(key)
        return {}
      }
      case 'clear':
        for (const key of [...this.#held.keys()]) this.#delete(key)
        return {}
      case 'expire':
        return { result: this.#reap().map(({ event }) => event) }
      case 'advance':
        for (; this.#reapAt <= op.to; this.#reapAt += this.#interval) {
          this.#leave(this.#reapAt)
          this.#now = this.#reapAt
          for (const { event } of this.#reap()) this.#tell(event)
        }
        this.#leave(op.to)
        this.#now = op.to
        return {}
      case 'search':
        return {}
    }
  }

  #insert(given: Clojurish): IndexOutcome {
    const event = this.#semantics.take(given, this.#now, this.#wrapped)
    if (isError(event)) return event
    const key = keyOf(event)
    this.#hear({ kind: 'inserted', event, known: this.#held.has(key) })
    if (isExpiredEvent(event)) this.#held.delete(key)
    else this.#held.set(key, { event, arrival: this.#now })
    return {}
  }

  #delete(key: string): Clojurish | undefined {
    const held = this.#held.get(key)
    if (held === undefined) return undefined
    this.#held.delete(key)
    this.#hear({ kind: 'deleted', event: held.event })
    return held.event
  }

  /** What leaves by itself up to a moment, in order. */
  #leave(until: number): void {
    const leaving = [...this.#held]
      .map(([key, held]) => ({ key, held, at: this.#semantics.leavesAt(held) ?? Number.POSITIVE_INFINITY }))
      .filter(({ at }) => at <= until)
      .toSorted((a, b) => a.at - b.at)
    for (const { key, held, at } of leaving) {
      this.#held.delete(key)
      this.#now = Math.max(this.#now, at)
      this.#tell(held.event)
    }
  }

  /** What is past its life leaves; those that can be told of. */
  #reap(): Held[] {
    return [...this.#held].flatMap(([key, held]) => {
      const found = this.#semantics.findsPast(held, this.#now)
      if (found !== 'alive') this.#held.delete(key)
      return found === 'past' ? [held] : []
    })
  }

  #tell(event: Clojurish): void {
    const copy = this.#semantics.copy(event, this.#now, this.#keepKeys)
    this.#hear({ kind: 'expired', event, copy })
    this.#seen.push({ at: this.#now, to: 'streams', event: copy })
  }

  #hear(change: IndexChange): void {
    const event = this.#semantics.heard(change)
    if (event !== undefined) this.#seen.push({ at: this.#now, to: 'pubsub', event })
  }
}

function keyOf({ host, service }: { readonly host?: unknown; readonly service?: unknown }): string {
  return JSON.stringify([host ?? null, service ?? null])
}

function isError(event: Clojurish | { readonly error: string }): event is { readonly error: string } {
  return typeof event.error === 'string'
}
