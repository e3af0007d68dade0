import type { Holder } from '../clock/rxjs.ts'
import type { Scope } from './scope.ts'
import type { Applied } from './stream.ts'

/** Where a value stands in a rule: in which group, at which operator. */
export interface Origin {
  readonly group: Group
  readonly applied: Applied
}

/** What one key of a `by` (or a whole rule) has: a cell for each operator that keeps state. */
export class Group {
  scope: Scope
  /** The group around it: a `by` inside a `by`, or the rule's own. */
  readonly parent: Group | undefined
  /** The values of the keys of this `by`; empty for a rule's own group. */
  readonly keys: readonly (string | undefined)[]
  /** By slot. */
  readonly cells: unknown[]
  /** When an event last came, in microseconds of listening. */
  lastEvent = 0
  /** The epoch of the engine in which it was last saved, or made. */
  epoch: number
  /** The slot of its `by` in the group around; -1 for a rule's own group. */
  readonly place: number

  constructor(scope: Scope, parent: Group | undefined, keys: readonly (string | undefined)[], place = -1) {
    this.place = place
    this.epoch = scope.engine.epoch
    this.scope = scope
    this.parent = parent
    this.keys = keys
    // An array that grows takes room for 17.
    this.cells = new Array(scope.nodes.length)
  }

  /** The keys of all `by`s around, outermost first. */
  get keyPath(): readonly (string | undefined)[] {
    const outer = this.parent?.keyPath ?? []
    return outer.length === 0 ? this.keys : [...outer, ...this.keys]
  }

  /** Whether it may not leave: a timer is set, or something in it has to be kept. */
  get busy(): boolean {
    return this.cells.some(isBusy)
  }

  /** Where timers of RxJS's operators around it are counted. */
  get holder(): Holder | undefined {
    return this.parent?.holder
  }
}

function isBusy(cell: unknown): boolean {
  return typeof cell === 'object' && cell !== null && 'busy' in cell && cell.busy === true
}
