import { Observable, type Operator, type Subscriber } from 'rxjs'
import type { Place } from './place.ts'
import type { Scope } from './scope.ts'

/** Whatever takes the values of a stream. */
export interface Sink<T> {
  next(value: T): void
}

/** Where in a rule a stream stands: its scope and the chain of operators above it. */
export interface Site {
  readonly scope: Scope
  readonly path: readonly string[]
  /** The operators that its values come out of; several where streams were put together, none for what enters. */
  readonly above?: readonly Applied[]
}

/** An operator as it stands in a rule, for whoever explains the way of a value. */
export interface Applied {
  readonly name: string
  readonly params: readonly unknown[]
  /** Where it is written. */
  readonly place: Place | undefined
  readonly scope: Scope
  /** Where its cell is in a group; -1 without state. */
  readonly slot: number
  readonly above: readonly Applied[]
}

/** Where what comes out of an operator stands that is applied at this site. */
export function below(
  site: Site,
  operator: {
    readonly name: string
    readonly params?: readonly unknown[]
    readonly place?: Place | undefined
    readonly slot?: number
  },
): Site & { readonly above: readonly [Applied] } {
  const { scope, path, above = [] } = site
  const { name, params = [], place, slot = -1 } = operator
  const applied = { name, params, place, scope, slot, above }
  scope.operators.push(applied)
  return { scope, path: [...path, name], above: [applied] }
}

/**
 * An Observable that knows its place in a rule, so that the steps applied to it get their address. RxJS's own
 * operators keep it (through `lift`) and mark the scope as foreign: what they hold is neither saved nor shown.
 */
export class Stream<T> extends Observable<T> {
  readonly site: Site

  constructor(site: Site, subscribe?: (subscriber: Subscriber<T>) => () => void) {
    super(subscribe)
    this.site = site
  }

  override lift<R>(operator?: Operator<T, R>): Stream<R> {
    const { scope } = this.site
    const site = below(this.site, { name: 'rxjs' })
    scope.foreign = true
    scope.rule.foreign ??= site.above[0]
    const lifted = new Stream<R>(site)
    lifted.source = this
    lifted.operator = operator
    return lifted
  }
}

/** The stream that comes out of one of our operators: every subscriber sees the same values, so that one operator applied once is one node with one state. */
export class Output<T> extends Stream<T> implements Sink<T> {
  /** The first of those who listen, held beside the others: mostly there is one, and it is found without a step between. */
  #first: Sink<T> | undefined
  #others: readonly Sink<T>[] = []
  #connect: (() => void) | undefined

  /** `connect` attaches the operator to its source, once, when the first subscriber comes. */
  constructor(site: Site, connect?: () => void) {
    const attach: { to?: Output<T> } = {}
    super(site, (subscriber) => {
      attach.to?.attach(subscriber)
      return () => attach.to?.detach(subscriber)
    })
    attach.to = this
    this.#connect = connect
  }

  next(value: T): void {
    const others = this.#others
    this.#first?.next(value)
    for (let i = 0; i < others.length; i++) others[i]?.next(value)
  }

  attach(sink: Sink<T>): void {
    if (this.#first === undefined) this.#first = sink
    else this.#others = [...this.#others, sink]
    const connect = this.#connect
    this.#connect = undefined
    connect?.()
  }

  detach(sink: Sink<T>): void {
    if (sink === this.#first) [this.#first, ...this.#others] = this.#others
    else this.#others = this.#others.filter((other) => other !== sink)
  }
}
