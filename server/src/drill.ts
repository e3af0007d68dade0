import { makeEvent } from 'weir-protocol'
import type { Alert } from './alerts/alert.ts'
import type { Fold } from './fold.ts'
import type { AlertSignal } from './rules/effects.ts'

/** The first key of every alert that is a drill; no rule has a key with this in it by accident. */
export const DRILL = 'fire drill'
/** A drill that nobody ends is over after this time, in milliseconds. */
export const DRILL_MS = 120_000

/**
 * Fires the alert of a rule for a host as a drill: a marked event goes to the rule's `alert()`, past its conditions, and
 * from there on the way of every alert, with its destinations, silences, windows and dependencies. Undefined where the
 * rule has no alert, or there is no such rule.
 */
export function beginDrill(fold: Fold, rule: string, host: string, who: string): Alert | undefined {
  const signal = signalOf(
    fold,
    rule,
    host,
    'critical',
    `DRILL by ${who}: '${rule}' on ${host} does not really fire`,
  )
  if (signal === undefined) return undefined
  fold.book.signal(signal)
  return openDrill(fold, rule, host)
}

/** Ends the drill of a rule for a host; answers whether there was one. */
export function endDrill(fold: Fold, rule: string, host: string): boolean {
  if (openDrill(fold, rule, host) === undefined) return false
  const signal = signalOf(fold, rule, host, 'ok', `DRILL: '${rule}' on ${host} is over`)
  // The rule may have lost its alert by a reload; then its alerts are closed.
  if (signal !== undefined) fold.book.signal(signal)
  return true
}

/** The drills that are not over. */
export function openDrills(fold: Fold): readonly { readonly rule: string; readonly host: string }[] {
  return [...fold.book.open].flatMap(({ rule, key }) => {
    const [mark, host] = key
    return mark === DRILL && host !== undefined ? [{ rule, host }] : []
  })
}

function openDrill(fold: Fold, rule: string, host: string): Alert | undefined {
  return [...fold.book.open].find(
    (alert) => alert.rule === rule && alert.key[0] === DRILL && alert.key[1] === host,
  )
}

function signalOf(
  fold: Fold,
  rule: string,
  host: string,
  state: string,
  summary: string,
): AlertSignal | undefined {
  const run = fold.engine.runs.find(({ counters }) => counters.name === rule)
  const [options] = run?.counters.alerts ?? []
  if (options === undefined) return undefined
  const event = makeEvent({
    host,
    service: DRILL,
    state,
    description: summary,
    time: fold.clock.now,
    tags: ['drill'],
  })
  const [ok = 'ok'] = options.ok ?? ['ok']
  return {
    rule,
    key: [DRILL, host],
    state: state === 'ok' ? ok : state,
    event,
    options: { ...options, summary },
  }
}
