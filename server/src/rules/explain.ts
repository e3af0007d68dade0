import type { Event } from 'weir-protocol'
import type { Engine } from './engine.ts'
import type { Group, Origin } from './group.ts'
import { Groups } from './keyed.ts'
import { spellPlace } from './place.ts'
import { placeOf } from './rule.ts'
import type { Node } from './scope.ts'
import { Cell } from './step.ts'

/** One operator of a rule, and what it holds for an event. */
export interface ExplainedStep {
  readonly operator: string
  /** Its parameters, as JSON. */
  readonly params: string
  /** File and line, where they can be told. */
  readonly place: string | null
  /** What it holds, as JSON, cut where it is long; null where it holds nothing yet. */
  readonly state: string | null
  /** Until when it waits, in microseconds; null where it does not. */
  readonly due: number | null
}

/** A rule that an event concerns. */
export interface ExplainedRule {
  readonly rule: string
  readonly place: string | null
  readonly steps: readonly ExplainedStep[]
}

const STATE_LIMIT = 500

/** Which rules concern an event, and what each of their operators holds and waits for; nothing is changed by asking. */
export function explainRules(engine: Engine, event: Event): readonly ExplainedRule[] {
  return engine.concerned(event).map(({ rule, group }) => {
    const place = placeOf(rule)
    return {
      rule: rule.name,
      place: place === undefined ? null : spellPlace(place),
      steps: [...stepsFor(group, event)],
    }
  })
}

/** The way by which a value came to an operator: those above it that keep state, outermost first, as they are now. */
export function explainPath({ group, path }: Origin): readonly ExplainedStep[] {
  const steps: ExplainedStep[] = []
  const chain: Group[] = []
  for (let at: Group | undefined = group; at !== undefined; at = at.parent) chain.unshift(at)
  for (const one of chain) {
    for (const [slot, node] of one.scope.nodes.entries()) {
      if ([...node.path, node.name].every((name, n) => path[n] === name))
        steps.push(explained(node, one.cells[slot]))
    }
  }
  return steps
}

function* stepsFor(group: Group, event: Event): Generator<ExplainedStep> {
  for (const [slot, node] of group.scope.nodes.entries()) {
    const held = group.cells[slot]
    yield explained(node, held)
    const inner = held instanceof Groups ? held.known(event) : undefined
    if (inner !== undefined) yield* stepsFor(inner, event)
  }
}

function explained(node: Node, held: unknown): ExplainedStep {
  const cell = held instanceof Cell ? held : undefined
  return {
    operator: node.name,
    params: node.params.length === 0 ? '' : JSON.stringify(node.params),
    place: node.place === undefined ? null : spellPlace(node.place),
    state:
      cell === undefined || cell.state === null ? null : JSON.stringify(cell.state).slice(0, STATE_LIMIT),
    due: cell === undefined || cell.slot < 0 ? null : cell.due,
  }
}
