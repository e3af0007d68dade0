import { type Observable, Subscription } from 'rxjs'
import type { AlertOptions, Target } from './effects.ts'
import type { Engine } from './engine.ts'
import type { Group } from './group.ts'
import type { Groups } from './keyed.ts'
import type { Place } from './place.ts'
import { type Applied, Output, type Sink, Stream } from './stream.ts'

/** What one rule has done so far. */
export interface RuleCounters {
  readonly name: string
  readonly events: number
  errors: number
  /** Whether it holds state that the engine can't see: an operator of RxJS's own stands in it. */
  volatile: boolean
  /** The first operator of RxJS's own in it. */
  foreign?: Applied
  /** Whom its alerts are told to. */
  readonly targets: Set<Target>
  /** Those of each `alert()` in it. */
  readonly alerts: Set<AlertOptions>
  /** The names of the rules that its alerts depend on. */
  readonly parents: Set<string>
}

/** An operator of ours, in its slot. */
export interface Node {
  readonly name: string
  readonly params: readonly unknown[]
  readonly path: readonly string[]
  /** Where it is written. */
  readonly place?: Place | undefined
  /** Of the meaning of its state; 1 where it has none. */
  readonly version?: number
  /** Whether its state means the same whatever the parameters are. */
  readonly anyParams?: boolean
  /** The operators inside of it, where it is a `by`. */
  readonly inner?: readonly Node[]
  /** Its cell in a group, where it is a step. */
  cellOf?(group: Group): unknown
  /** Its groups within a group, where it is a `by`. */
  groupsOf?(group: Group): Groups
  /** A group begins, or goes on in a scope that was assembled again; called before an event reaches it. */
  adopt?(group: Group): void
}

/**
 * The operators that share a set of groups: those of a rule's top level, or those inside a `by`.
 * A group keeps one cell per slot; assembling the same operators again fills the same slots, so cells outlive it.
 */
export class Scope {
  readonly engine: Engine
  /** What its rule has done. */
  readonly rule: RuleCounters
  /** The only group of this scope, where there is just one; else the engine's current group is meant. */
  readonly fixed: Group | undefined
  readonly nodes: Node[] = []
  /** All operators, also those that keep nothing, in the order in which they were applied. */
  readonly operators: Applied[] = []
  /** Whether something that is not ours stands in it: an operator, or what a function of RxJS's made of streams. */
  foreign = false
  #teardown = new Subscription()
  #assembling = false
  readonly #failed: (error: unknown) => void

  /** `failed` hears of an error that ended a pipeline of this scope. */
  constructor(engine: Engine, rule: RuleCounters, failed: (error: unknown) => void, fixed?: Group) {
    this.engine = engine
    this.rule = rule
    this.#failed = failed
    this.fixed = fixed
  }

  get ruleName(): string {
    return this.rule.name
  }

  /** Whether operators may be applied now; they may not while events flow. */
  get assembling(): boolean {
    return this.#assembling
  }

  /**
   * Takes down what stood here, and applies the operators (again). Nothing flows before `result` is connected; the
   * nodes may be given their groups until then. `above`: the `by` that it stands in.
   */
  prepare<In, Out>(
    path: readonly string[],
    build: (source: Stream<In>) => Observable<Out>,
    above: readonly Applied[] = [],
  ): { readonly source: Output<In>; readonly result: Observable<Out> } {
    this.dismantle()
    this.nodes.length = 0
    this.operators.length = 0
    this.foreign = false
    this.#assembling = true
    try {
      const source = new Output<In>({ scope: this, path, above })
      const result = build(source)
      if (!(result instanceof Output)) this.foreign = true
      return { source, result }
    } finally {
      this.#assembling = false
    }
  }

  /** Ends the subscriptions of RxJS's operators in it. */
  dismantle(): void {
    this.#teardown.unsubscribe()
    this.#teardown = new Subscription()
  }

  /** Gives the node its slot. */
  register(node: Node): number {
    this.nodes.push(node)
    return this.nodes.length - 1
  }

  /** Lets values flow from `source` to `sink`: directly from a stream of ours, through RxJS from any other. */
  connect<T>(source: Observable<T>, sink: Sink<T>): void {
    if (source instanceof Output) {
      source.attach(sink)
      return
    }
    this.#teardown.add(
      source.subscribe({ next: (value) => sink.next(value), error: (error) => this.#failed(error) }),
    )
  }
}

/** Whether an observable is a stream of a rule. */
export function isStream<T>(source: unknown): source is Stream<T> {
  return source instanceof Stream
}
