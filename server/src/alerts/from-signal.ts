import type { AlertSignal } from '../rules/effects.ts'
import { explainPath } from '../rules/explain.ts'
import type { Alert, Cause } from './alert.ts'
import { policyOf } from './policy.ts'

/** A new alert, which nobody has been told of yet. `now` in microseconds. */
export function openedBy(signal: AlertSignal, id: string, now: number): Alert {
  return {
    id,
    rule: signal.rule,
    key: signal.key,
    status: 'firing',
    severity: signal.state,
    since: now,
    changed: now,
    summary: summaryOf(signal),
    event: signal.event,
    policy: policyOf(signal.options),
    cause: causeOf(signal),
    told: [],
    lastTold: undefined,
    withheld: undefined,
    acknowledged: undefined,
    escalated: false,
    closed: undefined,
    messages: [],
  }
}

/** What made an alert fire, or change. */
export function causeOf({ event, incoming, origin }: AlertSignal): Cause {
  return { incoming: incoming ?? null, event, path: origin === undefined ? [] : explainPath(origin) }
}

/** A summary that throws, or gives no text (types are not checked when rules run), must not cost the alert. */
export function summaryOf({ options, event, rule }: AlertSignal): string {
  try {
    const made: unknown = typeof options.summary === 'string' ? options.summary : options.summary(event)
    if (typeof made === 'string') return made
  } catch {
    // The same as one that gives no text.
  }
  return [rule, event.host, event.service, event.state].filter((part) => part !== undefined).join(' ')
}
