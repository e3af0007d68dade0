import { type Event, makeEvent } from 'weir-protocol'
import type { Match, TextPattern } from '../rules/match.ts'
import type { Run } from '../rules/run.ts'
import type { Node } from '../rules/scope.ts'
import type { Levels } from '../streams/severity.ts'
import type { Threshold } from '../streams/threshold.ts'

/** What stands for `*`. */
const ANY = 'example'

/** An event that a rule could fire by: of a host and service that it matches, with a metric that its severity() calls bad. */
export function madeUpEvent({ rule, scope }: Run, time: number): Event {
  const { match = {} } = rule
  const service = textFor(match.service)
  const metric = metricFor(scope.nodes)
  const tags = match.tagged === undefined ? [] : [match.tagged].flat()
  return makeEvent({
    time,
    host: textFor(match.host) ?? 'host-1',
    ...(service === undefined ? {} : { service }),
    ...(metric === undefined ? {} : { metric }),
    state: 'critical',
    tags,
    attributes: attributesFor(match),
  })
}

function textFor(pattern: TextPattern | undefined): string | undefined {
  const [first] = [pattern].flat()
  return typeof first === 'string' ? first.replaceAll('*', ANY) || ANY : undefined
}

function attributesFor({ attributes = {} }: Match): Readonly<Record<string, string>> {
  const made: Record<string, string> = Object.create(null)
  for (const [name, pattern] of Object.entries(attributes)) made[name] = textFor(pattern) ?? ANY
  return made
}

/** By the first `severity()`, also inside of `by`s. */
function metricFor(nodes: readonly Node[]): number | undefined {
  for (const { name, params, inner = [] } of nodes) {
    const found = name === 'severity' ? metricOf(params[0]) : metricFor(inner)
    if (found !== undefined) return found
  }
  return undefined
}

function metricOf(levels: unknown): number | undefined {
  if (!areLevels(levels)) return undefined
  const threshold = levels.critical ?? levels.warning
  return threshold === undefined ? undefined : beyond(threshold)
}

function areLevels(levels: unknown): levels is Levels {
  return typeof levels === 'object' && levels !== null
}

/** A fifth beyond the limit. */
function beyond({ kind, limit }: Threshold): number {
  const step = limit === 0 ? 1 : Math.abs(limit) / 5
  const metric = kind === 'below' || kind === 'atMost' ? limit - step : limit + step
  return Number(metric.toPrecision(6))
}
