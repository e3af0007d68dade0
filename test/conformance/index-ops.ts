/** An event of the vectors: a map of fields, attributes among them; without nulls once it is `normal`. */
export type Clojurish = Readonly<Record<string, unknown>>

export type IndexOp = {
  readonly error?: string
  readonly seen?: readonly Seen[]
} & (
  | { readonly op: 'insert'; readonly event: Clojurish }
  | {
      readonly op: 'lookup'
      readonly host: string | null
      readonly service: string | null
      readonly result: Clojurish | null
    }
  | { readonly op: 'seq'; readonly result: readonly Clojurish[] | null }
  | { readonly op: 'expire'; readonly result: readonly Clojurish[] }
  | { readonly op: 'instrumentation'; readonly result: readonly Clojurish[] }
  | { readonly op: 'delete'; readonly event: Clojurish; readonly result: Clojurish | null }
  | { readonly op: 'delete-exactly'; readonly event: Clojurish }
  | {
      readonly op: 'delete-from-index'
      readonly event: Clojurish
      readonly fields?: string | readonly string[]
    }
  | { readonly op: 'advance'; readonly to: number }
  | { readonly op: 'clear' }
  | { readonly op: 'search' }
)

/** What was published, or went through the streams, while an op was done. */
export interface Seen {
  readonly at: number
  readonly to: 'pubsub' | 'streams'
  readonly event: Clojurish
}

/** What came of an op; a member that is missing is not compared. */
export interface IndexOutcome {
  readonly result?: unknown
  readonly error?: string
  readonly seen?: readonly Seen[]
}

/** The event without its nulls, its fields in order: for Riemann, null and absent are the same. */
export function normal(event: Clojurish): Clojurish {
  return Object.fromEntries(
    Object.entries(event)
      .filter(([, value]) => value !== null && value !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  )
}

export function isExpiredEvent(event: Clojurish): boolean {
  return event.state === 'expired'
}

/** The outcome for a comparison: what has no certain order is sorted. */
export function comparable({ result, error, seen }: IndexOutcome): IndexOutcome {
  return {
    ...(result === undefined ? {} : { result: Array.isArray(result) ? inOrder(result.map(normal)) : result }),
    ...(error === undefined ? {} : { error }),
    ...(seen === undefined
      ? {}
      : { seen: inOrder(seen.map((one) => ({ ...one, event: normal(one.event) }))) }),
  }
}

function inOrder<T>(values: readonly T[]): readonly T[] {
  return values.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}
