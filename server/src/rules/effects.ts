import type { Event } from 'weir-protocol'
import type { Duration } from '../clock/duration.ts'
import type { TimeWindow } from '../clock/window.ts'
import type { Origin } from './group.ts'

/** Somewhere to tell an alert: a destination made by `slack()`, `logOnly()` … */
export interface Target {
  readonly name: string
}

/** How an alert is told; see `alert()` for each member. */
export interface AlertOptions {
  readonly summary: string | ((event: Event) => string)
  readonly notify: readonly Target[]
  readonly runbook?: string
  readonly unit?: string
  readonly ok?: readonly string[]
  readonly group?: { readonly wait?: Duration; readonly max?: Duration; readonly size?: number }
  /** The rule, or rules, whose alert of the same host explains this one. */
  readonly dependsOn?: { readonly name: string } | readonly { readonly name: string }[]
  readonly maintenance?: readonly TimeWindow[]
  readonly repeat?: Duration
  readonly escalate?: { readonly after: Duration; readonly to: readonly Target[] }
  readonly flapping?: { readonly count: number; readonly within: Duration } | false
}

/** What `alert()` found an event to say about its key. */
export interface AlertSignal {
  readonly rule: string
  readonly key: readonly (string | undefined)[]
  /** The state that the event has: a severity, `expired`, or one of `ok`. */
  readonly state: string
  readonly event: Event
  readonly options: AlertOptions
  /** The event that came to the rule; none where a timer was due. */
  readonly incoming?: Event | undefined
  /** Where the `alert()` stands, to be explained. */
  readonly origin?: Origin
}

/** What `ping()` says: that this rule still works. */
export interface Ping {
  readonly rule: string
  readonly destination: string
  readonly event: Event
}

/** The topic of all that the index gets; rules publish to others. */
export const INDEX_TOPIC = 'index'

/** Where the engine sends what rules do; the hub routes it to the stations. */
export interface Effects {
  index(event: Event): void
  alert(signal: AlertSignal): void
  /** A message that no alert is behind. */
  ping(ping: Ping): void
  /** For whoever subscribes to this topic, now. */
  tell(topic: string, event: Event): void
  /** Whether the alert of this rule and key fires or is stale. */
  isOpen(rule: string, key: readonly (string | undefined)[]): boolean
}
