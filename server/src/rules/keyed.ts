import type { Observable } from 'rxjs'
import type { Event } from 'weir-protocol'
import { Timer } from '../clock/heap.ts'
import { type Holder, holdFor } from '../clock/rxjs.ts'
import { WeirError } from '../errors.ts'
import type { Engine } from './engine.ts'
import { Group } from './group.ts'
import type { Place } from './place.ts'
import { type Node, Scope } from './scope.ts'
import { type Applied, below, Output, type Sink, type Stream } from './stream.ts'

/** How the groups of a `by` are made and bounded. */
export interface Keying {
  readonly name: string
  readonly keys: readonly ((event: Event) => string | undefined)[]
  /** Microseconds of listening without an event after which a group leaves, unless it is busy. */
  readonly idle: number
  /** How many groups there may be; further keys are refused. */
  readonly max: number
  /** Where it is written. */
  readonly place?: Place | undefined
  /** Whether a pipeline per key is made even where one would serve all; for comparing the two. */
  readonly separate?: boolean
}

/** What stands inside a `by`, applied to a stream; for a pipeline per key with the keys of the group, else with none. */
export type Operators<Out> = (source: Stream<Event>, keys: readonly (string | undefined)[]) => Observable<Out>

/** The `by` that groups belong to. */
interface GroupsOwner {
  readonly keying: Keying
  readonly engine: Engine
  open(outer: Group, keys: readonly (string | undefined)[]): Group
  refused(limit: number): void
}

/** A level of the nested maps: by the value of one key to the next level, at last to the group. */
type Level = Map<string | undefined, Level | Group>

/**
 * Splits a stream by keys. One pipeline serves all keys, with a cell per key, where all its operators are ours;
 * where one is foreign, each key has a pipeline of its own, with the same results.
 */
export class KeyedNode<Out> implements Node, Sink<Event>, GroupsOwner {
  readonly name: string
  readonly params: readonly unknown[] = []
  readonly path: readonly string[]
  readonly output: Output<Out>
  readonly keying: Keying
  readonly place: Place | undefined
  /** The scope and the entrance that all groups share; undefined where each has its own. */
  readonly #shared: { readonly scope: Scope; readonly source: Output<Event> } | undefined
  readonly #engine: Engine
  readonly #scope: Scope
  readonly #slot: number
  readonly #innerPath: readonly string[]
  /** Itself, as what stands in it has it above. */
  readonly #above: readonly Applied[]
  /** The operators inside. */
  readonly inner: readonly Node[]
  readonly #operators: Operators<Out>

  constructor(source: Stream<Event>, keying: Keying, operators: Operators<Out>) {
    const { scope, path } = source.site
    this.name = keying.name
    this.keying = keying
    this.place = keying.place
    this.path = path
    this.#engine = scope.engine
    this.#scope = scope
    this.#slot = scope.register(this)
    this.#innerPath = [...path, keying.name]
    this.#operators = operators
    const site = below(source.site, { name: keying.name, place: keying.place, slot: this.#slot })
    this.#above = site.above
    this.output = new Output<Out>(site, () => scope.connect(source, this))
    const { engine, rule } = scope
    const probe = new Scope(engine, rule, (error) => engine.failed(scope, this.name, error))
    const noKeys = keying.keys.map(() => undefined)
    const apply = (stream: Stream<Event>) => operators(stream, noKeys)
    const entrance = probe.prepare(this.#innerPath, apply, site.above)
    this.inner = probe.nodes
    if (probe.foreign) rule.volatile = true
    else if (keying.separate !== true && !engine.separate) {
      probe.connect(entrance.result, { next: (value) => this.#leave(value) })
      this.#shared = { scope: probe, source: entrance.source }
    }
  }

  next(event: Event): void {
    const engine = this.#engine
    const outer = this.#scope.fixed ?? engine.group
    let group: Group | undefined
    try {
      group = this.groupsOf(outer).find(event)
    } catch (error) {
      engine.failed(this.#scope, this.name, error, event)
    }
    if (group === undefined) return
    if (group.epoch !== engine.epoch) engine.touch(group)
    group.lastEvent = engine.clock.listened
    const before = engine.group
    engine.group = group
    if (group instanceof SeparateGroup) group.take(event)
    else this.#shared?.source.next(event)
    engine.group = before
  }

  adopt(outer: Group): void {
    const known = outer.cells[this.#slot]
    if (!(known instanceof Groups)) return
    known.node = this
    for (const group of known.all()) this.#furnish(group)
  }

  groupsOf(outer: Group): Groups {
    // A slot belongs to one node: what stands there was made here, or by its predecessor in an earlier assembly and adopted.
    const known = outer.cells[this.#slot] as Groups | undefined
    if (known !== undefined) return known
    const groups = new Groups(this, outer, this.#slot)
    outer.cells[this.#slot] = groups
    return groups
  }

  /** A new group of this node. */
  open(outer: Group, keys: readonly (string | undefined)[]): Group {
    const group =
      this.#shared === undefined
        ? new SeparateGroup(this.#scope, outer, keys, this.#slot)
        : new Group(this.#shared.scope, outer, keys, this.#slot)
    this.#furnish(group)
    return group
  }

  refused(limit: number): void {
    this.#engine.counters.groupsRefused += 1
    this.#engine.failed(
      this.#scope,
      this.name,
      `more than ${limit} groups; an event of a new key was dropped`,
    )
  }

  get engine(): Engine {
    return this.#engine
  }

  /** Gives the group its operators, for the first time or because they were built again; its cells stay. */
  #furnish(group: Group): void {
    if (group instanceof SeparateGroup) this.#build(group)
    else if (this.#shared !== undefined) {
      group.scope = this.#shared.scope
      this.#adoptIn(group)
    }
  }

  #build(group: SeparateGroup): void {
    const { engine, rule } = this.#scope
    if (group.entrance !== undefined) group.scope.dismantle()
    const scope: Scope = new Scope(engine, rule, (error) => this.#broken(group, scope, error), group)
    const apply = (stream: Stream<Event>) => this.#operators(stream, group.keys)
    const { source, result } = scope.prepare(this.#innerPath, apply, this.#above)
    if (namesOf(scope.nodes) !== namesOf(this.inner)) {
      const problem = 'what it makes may differ by key in parameters, not in the operators that keep state'
      throw new WeirError('WEIR_RULE_INVALID', { rule: this.name, problem })
    }
    group.scope = scope
    group.entrance = source
    this.#adoptIn(group)
    const held = holdFor(group)
    scope.connect(result, { next: (value) => this.#leaveFrom(group, value) })
    holdFor(held)
  }

  /** An operator of RxJS's threw and ended the pipeline of this group: it is built again, unless that was done meanwhile. */
  #broken(group: SeparateGroup, scope: Scope, error: unknown): void {
    this.#engine.failed(this.#scope, this.name, error)
    this.#engine.later(scope, () => {
      if (group.scope === scope) this.#build(group)
    })
  }

  #adoptIn(group: Group): void {
    for (const node of group.scope.nodes) node.adopt?.(group)
  }

  /** A value comes out of the pipeline of one group, because of an event or of a timer of RxJS's. */
  #leaveFrom(group: SeparateGroup, value: Out): void {
    const engine = this.#engine
    const before = engine.group
    const held = holdFor(group.parent?.holder)
    engine.group = group
    this.#leave(value)
    engine.group = before
    holdFor(held)
  }

  /** A value comes out of the inner pipeline: it goes on in the group around. */
  #leave(value: Out): void {
    const engine = this.#engine
    const inner = engine.group
    if (inner.parent !== undefined) engine.group = inner.parent
    this.output.next(value)
    engine.group = inner
  }
}

/** A group with a pipeline of its own, whose scope it has from when that is first built. */
class SeparateGroup extends Group implements Holder {
  pending = 0
  entrance: Output<Event> | undefined

  override get busy(): boolean {
    return this.pending > 0 || super.busy
  }

  override get holder(): Holder {
    return this
  }

  take(event: Event): void {
    const held = holdFor(this)
    this.entrance?.next(event)
    holdFor(held)
  }
}

/** The groups of one `by` within one outer group; its timer sweeps out the idle ones. */
export class Groups extends Timer {
  readonly awaitsInput = true
  node: GroupsOwner
  readonly outer: Group
  /** The epoch of the engine in which its timer was last saved, or it was made. */
  epoch: number
  /** The slot of its `by` in the outer group. */
  readonly place: number
  readonly #root: Level = new Map()
  count = 0

  constructor(node: GroupsOwner, outer: Group, place: number) {
    super()
    this.node = node
    this.outer = outer
    this.place = place
    this.epoch = node.engine.epoch
  }

  get busy(): boolean {
    return this.count > 0
  }

  /** The group that the event belongs to, where there is one. */
  known(event: Event): Group | undefined {
    const found = this.node.keying.keys.reduce<Level | Group | undefined>(
      (level, key) => (level instanceof Map ? level.get(key(event)) : undefined),
      this.#root,
    )
    return found instanceof Group ? found : undefined
  }

  /** The group that the event belongs to, made where it is not there; undefined where there is no room. */
  find(event: Event): Group | undefined {
    const { keys } = this.node.keying
    let level: Level = this.#root
    for (const key of keys) {
      const next = level.get(key(event))
      if (next instanceof Group) return next
      if (next === undefined) break
      level = next
    }
    return this.#full() ? undefined : this.at(keys.map((key) => key(event)))
  }

  /** The group of these keys, made where it is not there, even beyond the limit. */
  at(keys: readonly (string | undefined)[]): Group {
    const known = keys.reduce<Level | Group | undefined>(
      (level, key) => (level instanceof Map ? level.get(key) : undefined),
      this.#root,
    )
    if (known instanceof Group) return known
    // What throws leaves nothing behind.
    const group = this.node.open(this.outer, keys)
    let level: Level = this.#root
    for (const key of keys.slice(0, -1)) {
      let next = level.get(key)
      if (!(next instanceof Map)) {
        next = new Map()
        level.set(key, next)
      }
      level = next
    }
    this.#add(level, keys[keys.length - 1], group)
    return group
  }

  *all(level: Level = this.#root): Generator<Group> {
    for (const next of level.values()) {
      if (next instanceof Group) yield next
      else yield* this.all(next)
    }
  }

  fire(): void {
    const { engine } = this.node
    const { clock } = engine
    if (this.epoch !== engine.epoch) engine.touchGroups(this, this)
    this.#sweep(this.#root, clock.listened - this.node.keying.idle)
    if (this.count > 0) clock.set(this, clock.now + this.node.keying.idle)
  }

  #add(level: Level, key: string | undefined, group: Group): void {
    const { engine, keying } = this.node
    group.lastEvent = engine.clock.listened
    level.set(key, group)
    this.count += 1
    engine.counters.groups += 1
    if (this.slot >= 0) return
    if (this.epoch !== engine.epoch) engine.touchGroups(this)
    engine.clock.set(this, engine.clock.now + keying.idle)
  }

  #sweep(level: Level, oldest: number): void {
    for (const [key, next] of level) {
      if (next instanceof Group) {
        if (next.lastEvent > oldest || next.busy) continue
        this.#dismiss(next)
        level.delete(key)
        this.count -= 1
        this.node.engine.counters.groups -= 1
      } else {
        this.#sweep(next, oldest)
        if (next.size === 0) level.delete(key)
      }
    }
  }

  #dismiss(group: Group): void {
    const { engine } = this.node
    if (group.epoch !== engine.epoch) engine.touch(group)
    if (group instanceof SeparateGroup) group.scope.dismantle()
    for (const cell of group.cells) {
      if (cell instanceof Groups && cell.epoch !== engine.epoch) engine.touchGroups(cell)
      if (cell instanceof Timer) engine.clock.cancel(cell)
    }
  }

  #full(): boolean {
    const { engine, keying } = this.node
    const limit = this.count >= keying.max ? keying.max : engine.groupLimit
    if (this.count < limit && engine.counters.groups < engine.groupLimit) return false
    this.node.refused(limit)
    return true
  }
}

/** The operators that keep state, those inside of others included, by their names. */
function namesOf(nodes: readonly Node[]): string {
  return JSON.stringify(nodes.map(({ name, inner = [] }) => [name, namesOf(inner)]))
}
