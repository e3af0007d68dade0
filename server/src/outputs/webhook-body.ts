import type { Notification, NotificationItem, Severity } from './notification.ts'

/** What a webhook is sent, as JSON. Members without a value are left out; moments are ISO 8601 in UTC. */
export interface WebhookBody {
  /** Grows when a member changes its meaning or goes; new members may come at any time. */
  readonly version: 1
  /** The same in each attempt to deliver this message: what was seen before is a repetition. */
  readonly id: string
  /** The name of the destination. */
  readonly destination: string
  /** When the hub decided to tell. */
  readonly at: string
  readonly runbook?: string
  /** The page of the hub. */
  readonly link?: string
  /** At least one, in order. */
  readonly alerts: readonly WebhookAlert[]
}

/** One change of one alert. Rule, key and `since` together name an incident. */
export interface WebhookAlert {
  readonly rule: string
  readonly key: readonly string[]
  readonly status: NotificationItem['status']
  readonly severity: Severity
  /** The severity before. */
  readonly previous?: Severity
  readonly host?: string
  readonly service?: string
  readonly summary: string
  readonly description?: string
  readonly metric?: number
  readonly unit?: string
  /** How often it fired since the last message, where that is more than once. */
  readonly times?: number
  /** Of one that is resolved: why it was closed, where that is not that it is well again. */
  readonly reason?: string
  /** When it began to fire, and when this change happened. */
  readonly since: string
  readonly at: string
}

/** A notification as a webhook is sent it. */
export function webhookBody(notification: Notification): WebhookBody {
  const { id, destination, rule, runbook, link, at, items } = notification
  return {
    version: 1,
    id,
    destination,
    at: iso(at),
    ...present({ runbook, link }),
    alerts: items.map((item) => ({
      rule: item.rule ?? rule,
      key: item.key,
      status: item.status,
      severity: item.severity,
      ...present({
        previous: item.previous,
        host: item.host,
        service: item.service,
        description: item.description,
        metric: item.metric,
        unit: item.unit,
        times: item.times,
        reason: item.reason,
      }),
      summary: item.summary,
      since: iso(item.since),
      at: iso(item.at),
    })),
  }
}

/** The members that have a value. */
function present<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const result: { [K in keyof T]?: Exclude<T[K], undefined> } = {}
  for (const name in members) {
    const value = members[name]
    if (isPresent(value)) result[name] = value
  }
  return result
}

function isPresent<T>(value: T): value is Exclude<T, undefined> {
  return value !== undefined
}

/** Microseconds since the epoch; a moment that no calendar has is told as the epoch. */
function iso(micros: number): string {
  const date = new Date(micros / 1000)
  return Number.isNaN(date.getTime()) ? new Date(0).toISOString() : date.toISOString()
}
