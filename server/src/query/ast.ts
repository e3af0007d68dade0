/** What a comparison compares: a literal, or a field of the event. */
export type Value =
  | { readonly kind: 'text'; readonly text: string }
  /** Written without fraction; `big`: with the suffix N, so that it may be beyond 64 bits. */
  | { readonly kind: 'integer'; readonly value: bigint; readonly big: boolean }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'constant'; readonly value: true | false | null }
  | { readonly kind: 'field'; readonly name: string }

export type Equality = '=' | '!='
export type Ordering = '<' | '<=' | '>' | '>='

/** What holds of an event, or does not. Chains of `and` and of `or` are one node, so that long ones are not deep. */
export type Predicate =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Predicate[] }
  | { readonly kind: 'not'; readonly term: Predicate }
  | { readonly kind: 'tagged'; readonly tag: string }
  | { readonly kind: 'equality'; readonly op: Equality; readonly left: Value; readonly right: Value }
  | { readonly kind: 'ordering'; readonly op: Ordering; readonly left: Value; readonly right: Value }
  /** `=~`: the whole text, in which `%` stands for any run of characters of a line. */
  | { readonly kind: 'like'; readonly left: Value; readonly pattern: string }
  /** `~=`: a regular expression that finds a part of the text. */
  | { readonly kind: 'regex'; readonly left: Value; readonly pattern: string }
  /** A value alone: whether it is there, and not false. */
  | { readonly kind: 'value'; readonly value: Value }

/** One field to order by. */
export interface OrderKey {
  readonly field: string
  readonly descending: boolean
}

/** A query: which events, and what of them is wanted. All but `where` goes beyond Riemann. */
export interface Query {
  readonly where: Predicate
  /** Instead of the events, how many there are: in all, or for each combination of the fields. */
  readonly count?: { readonly by: readonly string[] }
  /** Empty: in no certain order. */
  readonly order: readonly OrderKey[]
  readonly limit?: number
}
