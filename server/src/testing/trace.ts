import type { Event } from 'weir-protocol'
import { spell } from '../clock/duration.ts'
import type { Moved, Outcome } from './stage.ts'
import { aligned, EXACT, placeOf, severityOf, targetsOf } from './tables.ts'

/** Rows that look the same: the first one, when the last came, and how many. */
interface Same {
  readonly at: number
  readonly text: string
  readonly out: readonly string[]
  last: number
  count: number
}

/**
 * What went in and what came out, as an aligned table: of each event what passed by a `tap`, what was derived, what
 * failed, which alerts changed, what was told and why something was not; of the time the same, each at its own moment.
 *
 * Events that look the same and of which nothing came, one after the other or between each other, are one line up to
 * the next that something came of, with their number and the last moment; so are events in a row of which the same came.
 *
 * `named`: alerts are said with their rules.
 */
export function trace(moves: readonly Moved[], named: boolean): string {
  const rows: string[][] = []
  const waiting = new Map<string, Same>()
  const flush = () => {
    for (const { at, text, out, last, count } of waiting.values()) {
      const more = count === 1 ? '' : `  (${count} times, until ${spell(last, EXACT)})`
      rows.push([spell(at, EXACT), `${text}${more}`, out[0] ?? ''])
      for (const what of out.slice(1)) rows.push(['', '', what])
    }
    waiting.clear()
  }
  for (const { at, event, act, outcomes } of moves) {
    const out = outcomes.flatMap((outcome) => {
      const what = outcomeText(outcome, named)
      return what === undefined ? [] : [{ at: outcome.at, what }]
    })
    if (event === undefined && act === undefined) {
      if (out.length > 0) flush()
      for (const [n, { at: when, what }] of out.entries())
        rows.push([out[n - 1]?.at === when ? '' : spell(when, EXACT), '', what])
      continue
    }
    const text = event === undefined ? (act ?? '') : eventText(event)
    const texts = out.map(({ what }) => what)
    const name = JSON.stringify([text, ...texts])
    const same = waiting.get(name)
    if (same !== undefined) {
      same.last = at
      same.count += 1
      continue
    }
    const quiet = out.length === 0 && [...waiting.values()].every((other) => other.out.length === 0)
    if (!quiet) flush()
    waiting.set(name, { at, text, out: texts, last: at, count: 1 })
  }
  flush()
  return aligned(rows)
}

/** An outcome in words; none of what another one says already. */
function outcomeText(outcome: Outcome, named: boolean): string | undefined {
  switch (outcome.kind) {
    case 'tap':
      return `tap ${outcome.tapped.name}: ${valueText(outcome.tapped.value)}`
    case 'derived': {
      const { event, topic } = outcome.derived
      if (event.service === 'weir/rule-error') return undefined
      if (topic !== undefined) return `published to ${topic}: ${eventText(event)}`
      return event.state === 'expired' ? `expired ${placeOf(event)}` : `published ${eventText(event)}`
    }
    case 'failed':
      return `failed ${outcome.line}`
    case 'change': {
      const { change } = outcome
      const rule = named ? `${change.alert.rule}: ` : ''
      const place = placeOf(change.alert.event)
      return `${rule}${change.kind} ${severityOf(change)} ${place} -> ${targetsOf(change)}`
    }
    case 'message': {
      const { destination, items } = outcome.message
      return `told ${destination}: ${items.map(({ summary }) => summary).join('; ')}`
    }
    case 'not told':
      return `not told: ${outcome.alert}: ${outcome.why}`
  }
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`
  if (isEvent(value)) return eventText(value)
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
}

function isEvent(value: unknown): value is Event {
  return typeof value === 'object' && value !== null && 'time' in value && 'tags' in value
}

function eventText({ host, service, state, metric }: Event): string {
  return [host, service, state, metric].filter((part) => part !== undefined).join(' ')
}
