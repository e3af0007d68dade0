import type { MonoTypeOperatorFunction } from 'rxjs'
import { type Event, isExpired } from 'weir-protocol'
import { type Duration, micros } from '../clock/duration.ts'
import { type StepContext, step } from '../rules/step.ts'
import { invalid, onlyMembers } from './parameters.ts'
import { meets, refuseNoThreshold, type Threshold } from './threshold.ts'

/** The thresholds of each severity; critical counts as warning, too. */
export interface Levels {
  readonly critical?: Threshold
  readonly warning?: Threshold
}

export interface SeverityOptions {
  /** How long a severity has to hold before it is said. Default: at once. */
  readonly for?: Duration
  /** How long it has to be better before that is said. Default: at once. */
  readonly clearFor?: Duration
}

const NAMES = ['ok', 'warning', 'critical'] as const

/** Ranks are those of NAMES. */
interface State {
  /** The rank that was said last. */
  readonly said: number
  /** The rank of the last event; -1 before the first one, and after an expired one. */
  readonly rank: number
  /** Since when at least a warning has been met, or not met, without a break; in microseconds of listening. */
  readonly warningSince: number
  /** The same of critical. */
  readonly criticalSince: number
  /** The events that began that, to be shown; none while no timer is set. */
  readonly warningFirst?: Event | null
  readonly criticalFirst?: Event | null
  /** The event that is passed on when a timer changes the severity; null while none is set. */
  readonly last: Event | null
}

const START: State = {
  said: 0,
  rank: -1,
  warningSince: 0,
  criticalSince: 0,
  warningFirst: null,
  criticalFirst: null,
  last: null,
}

/**
 * Judges the metric: passes each event on with `state` set to `critical`, `warning` or `ok`.
 *
 * A severity is said once at least that severity has held for `for`; a better one once that has held for `clearFor`.
 * Both run on the hub's clock, from arrivals, and also come true between two events: then the last event is passed on
 * again with the new state. Events without a metric are dropped here. An expired event passes unchanged and breaks
 * what was being counted: nothing becomes true, or over, by silence. While the hub itself could not listen, no time
 * is counted.
 *
 * A reload that changes levels or durations goes on from what was said last: an alert that fires is not over by that.
 *
 * @example severity({ critical: below(5), warning: below(10) }, { for: '5m', clearFor: '5m' })
 */
export function severity(levels: Levels, options: SeverityOptions = {}): MonoTypeOperatorFunction<Event> {
  refuseWrong(levels)
  onlyMembers('severity', options, ['for', 'clearFor'])
  const hold = options.for === undefined ? 0 : micros(options.for)
  const clear = options.clearFor === undefined ? 0 : micros(options.clearFor)
  const rankOf = (metric: number): number => {
    if (levels.critical !== undefined && meets(levels.critical, metric)) return 2
    return levels.warning !== undefined && meets(levels.warning, metric) ? 1 : 0
  }
  const judged = (state: State, event: Event, metric: number, { listened }: StepContext<Event>): State => {
    const rank = rankOf(metric)
    const first = state.rank < 0
    const ofWarning = first || rank >= 1 !== state.rank >= 1
    const ofCritical = first || rank >= 2 !== state.rank >= 2
    return {
      ...state,
      rank,
      warningSince: ofWarning ? listened : state.warningSince,
      criticalSince: ofCritical ? listened : state.criticalSince,
      warningFirst: ofWarning ? event : (state.warningFirst ?? null),
      criticalFirst: ofCritical ? event : (state.criticalFirst ?? null),
    }
  }
  /** What may be said now; sets the timer to when that may change by itself. */
  const settle = (state: State, context: StepContext<Event>): State => {
    const { rank } = state
    const lasted = [0, context.listened - state.warningSince, context.listened - state.criticalSince]
    let said = state.said
    for (const level of [1, 2]) {
      if (level > said && rank >= level && (lasted[level] ?? 0) >= hold) said = level
    }
    for (const level of [2, 1]) {
      if (level === said && rank < level && (lasted[level] ?? 0) >= clear) said = level - 1
    }
    /** In how long that may change. */
    let rest = Number.POSITIVE_INFINITY
    for (const level of [1, 2]) {
      if (level > said && rank >= level) rest = Math.min(rest, hold - (lasted[level] ?? 0))
      if (level <= said && rank < level) rest = Math.min(rest, clear - (lasted[level] ?? 0))
    }
    if (rest === Number.POSITIVE_INFINITY) {
      context.sleep()
      return { ...state, said, last: null, warningFirst: null, criticalFirst: null }
    }
    context.wakeAt(context.now + rest)
    return { ...state, said }
  }
  return step<Event, Event, State>('severity', [levels, options], {
    init: () => START,
    // What was said and since when the metric is as it is: new levels judge from there on.
    anyParams: true,
    awaitsInput: true,
    event(state, event, context) {
      if (isExpired(event)) {
        context.sleep()
        context.emit(event)
        return { ...START, said: state.said }
      }
      if (event.metric === undefined || Number.isNaN(event.metric)) return state
      if (state.last === null && rankOf(event.metric) === state.rank) {
        // Nothing waits to become true: as most of the time.
        context.emit(withState(event, NAMES[state.said]))
        return state
      }
      const next = settle({ ...judged(state, event, event.metric, context), last: event }, context)
      context.emit(withState(event, NAMES[next.said]))
      return next
    },
    timer(state, context) {
      const { last } = state
      // It is judged again, since a reload may have changed the levels.
      const next = settle(
        last?.metric === undefined ? state : judged(state, last, last.metric, context),
        context,
      )
      if (next.said !== state.said && last !== null) context.emit(withState(last, NAMES[next.said]))
      return next
    },
  })
}

function withState(event: Event, state: string | undefined): Event {
  return event.state === state ? event : { ...event, state }
}

/** The hub takes what loads, whatever its type: a level that is none would never be said. */
function refuseWrong(levels: Levels): void {
  for (const [level, threshold] of Object.entries(levels)) {
    if (level !== 'critical' && level !== 'warning') {
      throw invalid('severity', `there is no level '${level}'; there are critical and warning`)
    }
    if (threshold !== undefined) refuseNoThreshold('severity', level, threshold)
  }
}
