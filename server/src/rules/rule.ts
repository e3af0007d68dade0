import type { OperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { type Duration, micros } from '../clock/duration.ts'
import { WeirError } from '../errors.ts'
import { type Match, matchOf, matchProblem } from './match.ts'
import { callerFiles, callerPlace, type Place } from './place.ts'

/** What a rule does, and with which events. */
export interface RuleOptions {
  /** Which events it concerns, as data or as a query; without it, all. */
  readonly match?: Match | string
  /** What happens with them: operators of `weir-hub` or of RxJS, put together with `pipe` where there are several. */
  readonly stream: OperatorFunction<Event, unknown>
  /**
   * How far back events are replayed to the rule after a restart or a change of it, where it uses operators of RxJS's
   * own, whose state is not kept: `'10m'`. At most as long as the journal is kept. What it does meanwhile has been done
   * already, and is not done again. Such a rule has to name it; others have no use for it.
   */
  readonly lookback?: Duration
}

/** A named rule, to be listed in the configuration. */
export interface Rule extends RuleOptions {
  readonly name: string
  readonly match?: Match
}

const places = new WeakMap<Rule, Place>()
const files = new WeakMap<Rule, readonly string[]>()

const MEMBERS = ['match', 'stream', 'lookback']

/** What types would have found; a misspelt `match` would let every event through. */
function optionProblem(options: RuleOptions): string | undefined {
  const given: unknown = options
  if (typeof given !== 'object' || given === null)
    return `a rule has ${MEMBERS.join(', ')}, in braces; this one has ${String(given)}`
  // Another rule may be spread into it: that has a name.
  const unknown = Object.keys(options).find((name) => name !== 'name' && !MEMBERS.includes(name))
  if (unknown !== undefined) return `a rule has no '${unknown}'; it has ${MEMBERS.join(', ')}`
  if (typeof options.stream === 'function') return undefined
  return 'stream takes an operator, such as by(…) or index(), or several that pipe() puts together'
}

let heard: ((rule: Rule) => void) | undefined

/** All rules that are declared while something is done, such as loading a configuration, in order. */
export async function rulesDeclaredBy<T>(work: () => Promise<T>): Promise<readonly [T, readonly Rule[]]> {
  const declared: Rule[] = []
  heard = (rule) => declared.push(rule)
  try {
    return [await work(), declared]
  } finally {
    heard = undefined
  }
}

/** Where the rule was declared; undefined where that can't be told. */
export function placeOf(rule: Rule): Place | undefined {
  return places.get(rule)
}

/** The addresses of the files that took part in declaring the rule: where it stands, and from where that was called. */
export function filesOf(rule: Rule): readonly string[] {
  return files.get(rule) ?? []
}

/**
 * Declares a rule. The name is shown in alerts and logs and is the address of its state: unique, and kept when the
 * rule changes. Throws WEIR_RULE_INVALID when it is empty, or
 * when `match` has a member that means nothing.
 *
 * @example
 * export const diskFull = rule('disk full', {
 *   match: { service: 'df-*\/percent_bytes-free' },
 *   stream: by(['host', 'service'], severity({ critical: below(5) }, { for: '5m' }), alert({ … })),
 * })
 */
export function rule(name: string, options: RuleOptions): Rule {
  const wrong = name.trim() === '' ? 'a rule needs a name' : optionProblem(options)
  if (wrong !== undefined) throw new WeirError('WEIR_RULE_INVALID', { rule: name, problem: wrong })
  const { match: when, ...rest } = options
  const match = when === undefined ? undefined : matchOf(when)
  const problem = matchProblem(match)
  if (problem !== undefined) throw new WeirError('WEIR_RULE_INVALID', { rule: name, problem })
  if (options.lookback !== undefined) micros(options.lookback)
  const made: Rule = { ...rest, name, ...(match === undefined ? {} : { match }) }
  const place = callerPlace()
  if (place !== undefined) places.set(made, place)
  files.set(made, callerFiles())
  heard?.(made)
  return made
}
