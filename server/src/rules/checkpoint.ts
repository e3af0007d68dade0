import type { Timer } from '../clock/heap.ts'
import { withClock } from '../clock/rxjs.ts'
import { type Carriage, carriage, countCarried, countNodes, type NodeShape, shapesOf } from './carry.ts'
import type { Engine, Saver } from './engine.ts'
import type { Group } from './group.ts'
import { Groups } from './keyed.ts'
import type { Run } from './run.ts'
import { Cell } from './step.ts'

/** From a rule's own group inwards: the slot of each `by`, and the keys of its group (null where one is missing). */
type Path = readonly (readonly [slot: number, keys: readonly (string | null)[]])[]

/** A timer as it was set, or null. */
type Alarm = readonly [due: number, seq: number] | null

/** What the engine holds, one line for each rule, each `by` and each group with its cells; plain data. */
export type EngineLine =
  | { readonly kind: 'shown'; readonly shown: readonly (readonly [where: string, at: number])[] }
  | { readonly kind: 'rule'; readonly rule: string; readonly shape: readonly NodeShape[] }
  | {
      readonly kind: 'groups'
      readonly rule: string
      readonly path: Path
      readonly slot: number
      readonly alarm: Alarm
    }
  | {
      readonly kind: 'group'
      readonly rule: string
      readonly path: Path
      readonly lastEvent: number
      readonly cells: readonly (readonly [slot: number, state: unknown, alarm: Alarm])[]
    }

/**
 * Saves what the rules of an engine hold while they go on: each group is written as it is before it changes for the
 * first time since the beginning, or when `walk` comes to it. So all lines are as of one moment.
 */
export class EngineSaver implements Saver {
  readonly #engine: Engine
  readonly #write: (line: EngineLine) => void

  /** Begins: from now on what changes is saved first. */
  constructor(engine: Engine, write: (line: EngineLine) => void) {
    this.#engine = engine
    this.#write = write
    engine.epoch += 1
    engine.saver = this
    write({ kind: 'shown', shown: [...engine.shown] })
    for (const { rule, scope } of engine.runs)
      write({ kind: 'rule', rule: rule.name, shape: shapesOf(scope.nodes) })
  }

  /** Saves what has not changed meanwhile; each step is one group. When it is through, everything is saved. */
  *walk(): Generator<void> {
    for (const { group } of this.#engine.runs) yield* this.#walk(group)
    this.end()
  }

  /** Lets changes go unsaved again. */
  end(): void {
    if (this.#engine.saver === this) this.#engine.saver = undefined
  }

  group(group: Group, firing: Timer | undefined): void {
    this.#write(groupLine(group, firing))
  }

  groups(groups: Groups, firing: Timer | undefined): void {
    this.#write(groupsLine(groups, firing))
  }

  *#walk(group: Group): Generator<void> {
    if (group.epoch !== this.#engine.epoch) this.#engine.touch(group)
    yield
    for (const held of group.cells) {
      if (!(held instanceof Groups)) continue
      if (held.epoch !== this.#engine.epoch) this.#engine.touchGroups(held)
      for (const inner of held.all()) yield* this.#walk(inner)
    }
  }
}

/** What became of the states of one rule whose operators have changed: how many operators kept theirs. */
export interface Carried {
  readonly rule: string
  readonly kept: number
  readonly of: number
}

/**
 * Puts lines back, in any order after those of the rules, into an engine whose rules have just been built. Where a
 * rule's operators have changed, the states go where `carriage` says.
 */
export class EngineLoader {
  /** The rules whose operators have changed, or that are gone. */
  readonly changed: Carried[] = []
  readonly #engine: Engine
  readonly #roots = new Map<string, { readonly group: Group; readonly carriage: Carriage }>()

  constructor(engine: Engine) {
    this.#engine = engine
  }

  load(line: EngineLine): void {
    // Groups may be made, and with them timers of RxJS's operators.
    withClock(this.#engine.clock, () => this.#load(line))
  }

  #load(line: EngineLine): void {
    if (line.kind === 'shown') {
      for (const [where, at] of line.shown) this.#engine.shown.set(where, at)
    } else if (line.kind === 'rule') this.#rule(line.rule, line.shape)
    else if (line.kind === 'groups') {
      const found = this.#find(line.rule, line.path)
      const to = found?.carriage.get(line.slot)
      if (found !== undefined && to !== undefined) this.#set(groupsIn(found.group, to.slot), line.alarm)
    } else {
      const found = this.#find(line.rule, line.path)
      if (found === undefined) return
      found.group.lastEvent = line.lastEvent
      for (const [slot, state, alarm] of line.cells) {
        const to = found.carriage.get(slot)
        if (to === undefined) continue
        const cell = found.group.scope.nodes[to.slot]?.cellOf?.(found.group)
        if (!(cell instanceof Cell)) continue
        cell.state = state
        this.#set(cell, alarm)
      }
    }
  }

  #rule(name: string, before: readonly NodeShape[]): void {
    const run = this.#engine.runs.find(({ rule }) => rule.name === name)
    const after = shapesOf(run?.scope.nodes ?? [])
    const carried = carriage(before, after)
    if (run !== undefined) this.#roots.set(name, { group: run.group, carriage: carried })
    const of = countNodes(before)
    const kept = countCarried(carried)
    if (run === undefined || kept < of || countNodes(after) !== of)
      this.changed.push({ rule: name, kept, of })
  }

  /** The group at the path, made where it is not there, and where the states of its operators go; undefined where the path ends. */
  #find(rule: string, path: Path): { readonly group: Group; readonly carriage: Carriage } | undefined {
    let found = this.#roots.get(rule)
    for (const [slot, keys] of path) {
      const to = found?.carriage.get(slot)
      if (found === undefined || to === undefined) return undefined
      const group = groupsIn(found.group, to.slot).at(keys.map((key) => key ?? undefined))
      found = { group, carriage: to.inner }
    }
    return found
  }

  #set(timer: Timer, alarm: Alarm): void {
    const { clock } = this.#engine
    if (alarm === null) clock.cancel(timer)
    else clock.restore(timer, alarm[0], alarm[1])
  }
}

/** Carries the states of a run that is over into the run of the same rule that is there now. */
export function carryOver(run: Run, loader: EngineLoader): void {
  loader.load({ kind: 'rule', rule: run.rule.name, shape: shapesOf(run.scope.nodes) })
  carryGroup(run.group, loader)
}

function carryGroup(group: Group, loader: EngineLoader): void {
  loader.load(groupLine(group, undefined))
  for (const held of group.cells) {
    if (!(held instanceof Groups)) continue
    loader.load(groupsLine(held, undefined))
    for (const inner of held.all()) carryGroup(inner, loader)
  }
}

function groupLine(group: Group, firing: Timer | undefined): EngineLine {
  const cells = [...group.cells.entries()].flatMap(([slot, cell]) =>
    cell instanceof Cell ? [[slot, cell.state, alarmOf(cell, firing)] as const] : [],
  )
  return { kind: 'group', rule: group.scope.ruleName, path: pathOf(group), lastEvent: group.lastEvent, cells }
}

function groupsLine(groups: Groups, firing: Timer | undefined): EngineLine {
  const { outer, place } = groups
  return {
    kind: 'groups',
    rule: outer.scope.ruleName,
    path: pathOf(outer),
    slot: place,
    alarm: alarmOf(groups, firing),
  }
}

function groupsIn(group: Group, slot: number): Groups {
  const groups = group.scope.nodes[slot]?.groupsOf?.(group)
  if (groups === undefined) throw new Error(`no by stands in slot ${slot}`)
  return groups
}

/** A timer that fires has left the heap, and had this alarm until then. */
function alarmOf(timer: Timer, firing: Timer | undefined): Alarm {
  return timer.slot < 0 && timer !== firing ? null : [timer.due, timer.seq]
}

function pathOf(group: Group): Path {
  if (group.parent === undefined) return []
  return [...pathOf(group.parent), [group.place, group.keys.map((key) => key ?? null)]]
}
