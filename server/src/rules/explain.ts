import type { Event } from 'weir-protocol'
import type { Engine } from './engine.ts'
import { eventsIn, isEvent } from './events-in.ts'
import type { Group, Origin } from './group.ts'
import { Groups } from './keyed.ts'
import { spellPlace } from './place.ts'
import { placeOf } from './rule.ts'
import { Cell } from './step.ts'
import type { Applied } from './stream.ts'

/** One operator of a rule, and what it holds for an event. */
export interface ExplainedStep {
  readonly operator: string
  /** Its parameters: data as JSON, functions as they are written. */
  readonly params: string
  /** File and line, where they can be told. */
  readonly place: string | null
  /** What it holds, as JSON, cut where it is long, `an event` in place of each event; null where it holds nothing yet. */
  readonly state: string | null
  /** The events among that, the oldest first: of many the first and the last ones. */
  readonly events: readonly Event[]
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
const PARAM_LIMIT = 120
/** How many events are kept with the way of an alert. */
export const EVENTS_SHOWN = 10

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

/**
 * The way by which a value came to an operator: that one and all above it, outermost first, with what they hold now and
 * at most ten of the events among that, those of the nearest operators.
 */
export function explainPath({ group, applied }: Origin): readonly ExplainedStep[] {
  const way = wayTo(applied).toReversed()
  let room = EVENTS_SHOWN
  return way
    .map((operator) => {
      const step = explained(operator, cellOf(operator, group), room)
      room -= step.events.length
      return step
    })
    .toReversed()
}

/** An operator after all that are above it; where streams were put together, those of each. */
function wayTo(applied: Applied, seen = new Set<Applied>()): readonly Applied[] {
  if (seen.has(applied)) return []
  seen.add(applied)
  return [...applied.above.flatMap((one) => wayTo(one, seen)), applied]
}

/** What an operator holds for a group, or for those around it. */
function cellOf({ scope, slot }: Applied, group: Group): unknown {
  let at: Group | undefined = group
  while (at !== undefined && at.scope !== scope) at = at.parent
  return at?.cells[slot]
}

function* stepsFor(group: Group, event: Event): Generator<ExplainedStep> {
  for (const operator of group.scope.operators) {
    const held = group.cells[operator.slot]
    yield explained(operator, held, EVENTS_SHOWN)
    const inner = held instanceof Groups ? held.known(event) : undefined
    if (inner !== undefined) yield* stepsFor(inner, event)
  }
}

function explained({ name, params, place }: Applied, held: unknown, room: number): ExplainedStep {
  const cell = held instanceof Cell ? held : undefined
  const state: unknown = cell?.held ?? null
  return {
    operator: name,
    params: params.map(spellParam).join(', '),
    place: place === undefined ? null : spellPlace(place),
    state: state === null ? null : spellState(state),
    events: eventsIn(state, room),
    due: cell === undefined || cell.slot < 0 ? null : cell.due,
  }
}

/** As JSON, without the events, which are shown beside it. */
function spellState(state: unknown): string {
  const text = JSON.stringify(state, (_, part: unknown) =>
    typeof part === 'object' && part !== null && isEvent(part) ? 'an event' : part,
  )
  return text.slice(0, STATE_LIMIT)
}

/** A parameter as it is written: data as JSON, functions and patterns as their text. */
function spellParam(param: unknown): string {
  const text = isText(param) ? String(param) : (JSON.stringify(param, (_, part) => plain(part)) ?? '')
  const line = text.replace(/\s+/g, ' ')
  return line.length > PARAM_LIMIT ? `${line.slice(0, PARAM_LIMIT)}…` : line
}

function isText(param: unknown): boolean {
  return typeof param === 'function' || param instanceof RegExp
}

function plain(part: unknown): unknown {
  if (isText(part)) return String(part)
  return part instanceof Set ? [...part] : part
}
