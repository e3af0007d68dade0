import type { OperatorFunction } from 'rxjs'
import { Timer } from '../clock/heap.ts'
import { holdFor } from '../clock/rxjs.ts'
import { WeirError } from '../errors.ts'
import type { Engine } from './engine.ts'
import type { Group, Origin } from './group.ts'
import { callerPlace, type Place } from './place.ts'
import { isStream, type Node, type Scope } from './scope.ts'
import { type Applied, below, Output, type Sink, type Stream } from './stream.ts'

/** What a step may do while it handles an event or a timer. */
export interface StepContext<Out> {
  /** Microseconds of the logical clock: the arrival of the event, or the due time of the timer. */
  readonly now: number
  /**
   * The same without the gaps in which the hub could not listen: what counts how long something has lasted while its
   * timer `awaitsInput` has to count by this.
   */
  readonly listened: number
  /** The keys of the `by`s around, outermost first. */
  readonly keys: readonly (string | undefined)[]
  /** Where it stands, for whoever explains it. */
  readonly origin: Origin
  emit(value: Out): void
  /** Sets this cell's one timer (or moves it) to a moment in microseconds. */
  wakeAt(due: number): void
  /** The same for a timer that repeats: as long as it is not taken away it keeps its turn among those due at the same moment. */
  wakeAgain(due: number): void
  /** Takes the timer away. */
  sleep(): void
  /** Counts and shows a failure as if the handler had thrown, which goes on instead: what was lost at a limit, a callback of a timer. */
  failed(error: unknown): void
}

/**
 * One stateful operator.
 *
 * State is JSON data (no class, Map, NaN or Infinity) and is replaced, not changed: a handler returns the next state,
 * so that one that throws leaves the old one. (Where copying would cost too much, an array of it may be changed in
 * place after everything that can throw: what a checkpoint needs of it has been written before the handler runs.) Each
 * group of a `by` has a state (a cell) of its own.
 */
export interface StepSpec<In, Out, State> {
  /** Raise it when the meaning of the state changes; a saved state of another version is dropped. Default 1. */
  readonly version?: number
  /**
   * Whether the state means the same whatever the parameters are: a reload that changes these keeps it, where it is
   * clear which it is. Default false.
   */
  readonly anyParams?: boolean
  /** The state before the first event; `now` is when the rule, or the group it is in, began. */
  init(now: number): State
  event(state: State, event: In, context: StepContext<Out>): State
  /** The cell's timer is due; it is no longer set. */
  timer?(state: State, context: StepContext<Out>): State
  /** Whether its timers move when the hub could not listen for a while; see `listened`. Default false: a calendar timer. */
  readonly awaitsInput?: boolean
  /** Whether the cell is made when its group is, because `init` depends on that moment. Default false: by the first event. */
  readonly eager?: boolean
  /** When the timer of a new cell is due, by the moment at which it is made; for what is `eager`. Default: none is set. */
  wake?(now: number): number
  /** What an explanation shows as its parameters, where these say more than `params`. */
  readonly shown?: readonly unknown[]
  /** What an explanation shows as what it holds, where some of the state does not count any more. Default: the state. */
  held?(state: State): unknown
  /** Whether the group has to be kept although nothing is heard (an alert that fires). Default never. */
  holds?(state: State, keys: readonly (string | undefined)[]): boolean
}

/**
 * Makes a stateful RxJS operator whose state the engine keeps: one cell per group, saved in checkpoints.
 *
 * `name` and `params` (data) are its address together with the operators above it. It can be applied only to a stream
 * of a rule, while the rule is built: else WEIR_STEP_OUTSIDE. `place` is where it is written; default: the file outside
 * of the hub from which this is called.
 *
 * @example
 * const everySecond = step<Event, Event, boolean>('everySecond', [], {
 *   init: () => false,
 *   event(odd, event, context) { if (odd) context.emit(event); return !odd },
 * })
 */
export function step<In, Out, State>(
  name: string,
  params: readonly unknown[],
  spec: StepSpec<In, Out, State>,
  place = callerPlace(),
): OperatorFunction<In, Out> {
  return (source) => new StepNode(siteOf(name, source), name, params, spec, place).output
}

/** The source as a stream of a rule that is being built now, or WEIR_STEP_OUTSIDE. */
export function siteOf<T>(name: string, source: unknown): Stream<T> {
  if (isStream<T>(source) && source.site.scope.assembling) return source
  throw new WeirError('WEIR_STEP_OUTSIDE', { step: name })
}

class StepNode<In, Out, State> implements Node, Sink<In> {
  readonly name: string
  readonly params: readonly unknown[]
  readonly path: readonly string[]
  readonly place: Place | undefined
  readonly spec: StepSpec<In, Out, State>
  readonly output: Output<Out>
  readonly #engine: Engine
  readonly #scope: Scope
  readonly #slot: number
  readonly applied: Applied
  readonly adopt?: (group: Group) => void

  constructor(
    source: Stream<In>,
    name: string,
    params: readonly unknown[],
    spec: StepSpec<In, Out, State>,
    place: Place | undefined,
  ) {
    const { scope, path } = source.site
    this.place = place
    this.name = name
    this.params = params
    this.path = path
    this.spec = spec
    this.#engine = scope.engine
    this.#scope = scope
    this.#slot = scope.register(this)
    const shown = spec.shown ?? params
    const site = below(source.site, { name, params: shown, place, slot: this.#slot })
    this.applied = site.above[0]
    this.output = new Output<Out>(site, () => scope.connect(source, this))
    if (spec.eager === true) {
      this.adopt = (group) => {
        this.cellOf(group)
      }
    }
  }

  get version(): number {
    return this.spec.version ?? 1
  }

  get anyParams(): boolean {
    return this.spec.anyParams ?? false
  }

  next(value: In): void {
    const group = this.#scope.fixed ?? this.#engine.group
    if (group.epoch !== this.#engine.epoch) this.#engine.touch(group)
    try {
      const cell = this.cellOf(group)
      cell.state = this.spec.event(cell.state, value, cell)
    } catch (error) {
      this.#engine.failed(this.#scope, this.name, error, value)
    }
  }

  cellOf(group: Group): Cell<In, Out, State> {
    // A slot belongs to one node, so what stands there was made by this line (or by this node's predecessor in an earlier assembly).
    const known = group.cells[this.#slot] as Cell<In, Out, State> | undefined
    if (known !== undefined) return known
    const { now } = this.#engine.clock
    const cell = new Cell<In, Out, State>(group, this.#slot, this.spec.init(now))
    group.cells[this.#slot] = cell
    if (this.spec.wake !== undefined) cell.wakeAt(this.spec.wake(now))
    return cell
  }

  failed(error: unknown): void {
    this.#engine.failed(this.#scope, this.name, error)
  }

  fire(cell: Cell<In, Out, State>): void {
    const engine = this.#engine
    const before = engine.group
    const held = holdFor(cell.group.holder)
    engine.group = cell.group
    if (cell.group.epoch !== engine.epoch) engine.touch(cell.group, cell)
    try {
      if (this.spec.timer !== undefined) cell.state = this.spec.timer(cell.state, cell)
    } catch (error) {
      engine.failed(this.#scope, this.name, error)
    }
    engine.group = before
    holdFor(held)
  }
}

/** The state of one step in one group, and its timer. */
export class Cell<In, Out, State> extends Timer implements StepContext<Out>, Origin {
  readonly group: Group
  readonly place: number
  state: State

  constructor(group: Group, place: number, state: State) {
    super()
    this.group = group
    this.place = place
    this.state = state
  }

  /** The operator as it stands now; another object after the rule was assembled again. */
  get node(): StepNode<In, Out, State> {
    return this.group.scope.nodes[this.place] as StepNode<In, Out, State> & Node
  }

  get awaitsInput(): boolean {
    return this.node.spec.awaitsInput === true
  }

  get now(): number {
    return this.group.scope.engine.clock.now
  }

  get listened(): number {
    return this.group.scope.engine.clock.listened
  }

  get applied(): Applied {
    return this.node.applied
  }

  get keys(): readonly (string | undefined)[] {
    return this.group.keyPath
  }

  get origin(): Origin {
    return this
  }

  /** What it holds, for whoever explains it. */
  get held(): unknown {
    const { spec } = this.node
    return spec.held === undefined ? this.state : spec.held(this.state)
  }

  /** Whether the group may not leave. */
  get busy(): boolean {
    return this.slot >= 0 || this.node.spec.holds?.(this.state, this.keys) === true
  }

  emit(value: Out): void {
    this.node.output.next(value)
  }

  wakeAt(due: number): void {
    this.group.scope.engine.clock.set(this, due)
  }

  wakeAgain(due: number): void {
    this.group.scope.engine.clock.again(this, due)
  }

  sleep(): void {
    this.group.scope.engine.clock.cancel(this)
  }

  failed(error: unknown): void {
    this.node.failed(error)
  }

  fire(): void {
    this.node.fire(this)
    // One that was not set again has no turn to keep.
    if (this.slot < 0) this.sleep()
  }
}
