import type { Event } from 'weir-protocol'
import { micros } from '../clock/duration.ts'
import { Timer } from '../clock/heap.ts'
import { WeirError } from '../errors.ts'
import type { Engine } from './engine.ts'
import { Group } from './group.ts'
import { Groups } from './keyed.ts'
import type { Rule } from './rule.ts'
import { type RuleCounters, Scope } from './scope.ts'
import type { Output } from './stream.ts'

/** A rule as it runs: its pipeline, and the group of its top level. */
export class Run {
  readonly rule: Rule
  /** How many events it was given; here, since it is counted for each of them. */
  events = 0
  readonly counters: RuleCounters
  readonly scope: Scope
  readonly group: Group
  source: Output<Event>
  readonly #engine: Engine
  /** Whether it is to be built again. */
  #broken = false
  #over = false
  /** What made the pipeline fail while it was being built. */
  #refusal: WeirError | undefined

  /** Builds the rule; throws what its operators throw, also those that are applied only when it is subscribed to. */
  constructor(engine: Engine, rule: Rule) {
    this.rule = rule
    this.#engine = engine
    const count = () => this.events
    this.counters = {
      name: rule.name,
      get events() {
        return count()
      },
      errors: 0,
      volatile: false,
      targets: new Set(),
      alerts: new Set(),
      parents: new Set(),
    }
    // The scope needs its group and the group its scope: the group is made first, with a scope that is replaced at once.
    const nowhere = new Scope(engine, this.counters, () => {})
    this.group = new Group(nowhere, undefined, [])
    this.scope = new Scope(engine, this.counters, (error) => this.#failed(error), this.group)
    this.group.scope = this.scope
    this.source = this.assemble()
    if (this.#refusal === undefined) return
    this.end()
    throw this.#refusal
  }

  /** Builds the rule's pipeline (again); its cells stay. */
  assemble(): Output<Event> {
    this.#broken = false
    const { source, result } = this.scope.prepare([this.rule.name], this.rule.stream)
    this.source = source
    if (this.scope.foreign) this.counters.volatile = true
    for (const node of this.scope.nodes) node.adopt?.(this.group)
    this.scope.connect(result, { next: () => {} })
    return source
  }

  /** How far back it sees events again when it is built anew, in microseconds; 0: not at all. */
  get lookback(): number {
    return this.rule.lookback === undefined ? 0 : micros(this.rule.lookback)
  }

  /** Takes the rule down, with its timers and groups. */
  end(): void {
    this.#over = true
    this.#endGroup(this.group)
  }

  #endGroup(group: Group): void {
    group.scope.dismantle()
    for (const held of group.cells) {
      if (held instanceof Groups) {
        for (const inner of held.all()) this.#endGroup(inner)
        this.#engine.counters.groups -= held.count
      }
      if (held instanceof Timer) this.#engine.clock.cancel(held)
    }
  }

  /** An operator of RxJS's threw and ended the pipeline. */
  #failed(error: unknown): void {
    this.#engine.failed(this.scope, this.rule.name, error)
    if (this.#broken || this.#over) return
    this.#broken = true
    if (error instanceof WeirError) this.#refusal = error
    this.#engine.later(this.scope, () => {
      if (!this.#over) this.assemble()
    })
  }
}
