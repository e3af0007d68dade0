import type { Event } from 'weir-protocol'
import type { ExplainedStep } from '../rules/explain.ts'
import type { AlertPolicy } from './policy.ts'

/** One alert: a rule that fires for one key, from its beginning to its end. Never changed, only replaced. */
export interface Alert {
  /** Deterministic: the same journal and rules give the same id. */
  readonly id: string
  readonly rule: string
  /** The values of the keys of the `by`s around the rule's `alert`. */
  readonly key: readonly (string | undefined)[]
  readonly status: 'firing' | 'stale' | 'resolved'
  readonly severity: string
  /** Microseconds: when it began to fire, and when it last changed. */
  readonly since: number
  readonly changed: number
  readonly summary: string
  /** The event of the last change. */
  readonly event: Event
  readonly policy: AlertPolicy
  readonly cause: Cause
  /** The destinations that were told that it fires: they are told its end, too. */
  readonly told: readonly string[]
  /** When somebody was last told, in microseconds. */
  readonly lastTold: number | undefined
  /** Why nobody is told now. */
  readonly withheld: Withheld | undefined
  readonly acknowledged: Acknowledgement | undefined
  /** Whether it was handed on to the destinations of `escalate`. */
  readonly escalated: boolean
  /** Why it was closed, where that is not that it is well again: its rule is gone, its host was decommissioned. */
  readonly closed: string | undefined
  /** The ids of the messages about it in the outbox. */
  readonly messages: readonly string[]
}

/** What made an alert fire, or change its severity last. */
export interface Cause {
  /** As it came to the rule; null where none did at that moment, and a timer was due. */
  readonly incoming: Event | null
  /** As it came to the `alert()`. */
  readonly event: Event
  /** The operators that it came through, outermost first, as they stood then. */
  readonly path: readonly ExplainedStep[]
}

/** Why an alert is not told. */
export interface Withheld {
  readonly reason: 'silence' | 'maintenance' | 'dependsOn' | 'flapping'
  /** What it is: the silence's id, the window, the alert of the other rule. */
  readonly by: string
  /** Until when at the latest, in microseconds, where that is known. */
  readonly until: number | undefined
}

/** Somebody has taken an alert on: it is not repeated and not escalated. */
export interface Acknowledgement {
  readonly who: string
  readonly why: string
  readonly at: number
  /** Microseconds; undefined: until it is over. */
  readonly until: number | undefined
}

/** One change of an alert: what a timetable shows, a message tells and the table of alerts keeps. */
export interface AlertChange {
  readonly kind: 'firing' | 'changed' | 'stale' | 'resolved'
  readonly at: number
  readonly alert: Alert
  /** The severity before. */
  readonly previous: string | undefined
  /** The destinations that are to be told of it; none where an alert becomes stale, or is heard again as it was. */
  readonly tell: readonly string[]
}

/** The name of an alert's place in the book: its rule and key. */
export function nameOf(rule: string, key: readonly (string | undefined)[]): string {
  return JSON.stringify([rule, ...key.map((part) => part ?? null)])
}
