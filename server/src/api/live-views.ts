import type { Alert } from '../alerts/alert.ts'
import type { Entry } from '../index/index.ts'
import type { OutboxStatus } from '../outputs/outbox.ts'
import type { AlertView, Row } from './frames.ts'

/** What the page shows of an entry; `worst` has the severity of the host's and service's worst open alert, by `nameOf`. */
export function toRow({ event, arrival }: Entry, worst: ReadonlyMap<string, string>): Row {
  return {
    host: event.host ?? null,
    service: event.service ?? null,
    state: event.state ?? null,
    shown: worst.get(nameOf(event.host, event.service)) ?? event.state ?? null,
    metric: event.metric ?? null,
    description: event.description ?? null,
    tags: event.tags,
    attributes: event.attributes,
    time: event.time / 1000,
    arrival: arrival / 1000,
    ttl: event.ttl ?? null,
  }
}

/** What the page shows of an open alert; `statuses` are those of its messages. */
export function toView(alert: Alert, statuses: ReadonlyMap<string, OutboxStatus>): AlertView {
  const { event } = alert
  const known = alert.messages.map((id) => statuses.get(id))
  return {
    id: alert.id,
    rule: alert.rule,
    key: alert.key.map((part) => part ?? ''),
    host: event.host ?? null,
    service: event.service ?? null,
    status: alert.status === 'stale' ? 'stale' : 'firing',
    severity: alert.severity,
    since: alert.since / 1000,
    summary: alert.summary,
    metric: event.metric ?? null,
    runbook: alert.policy.runbook ?? null,
    notify: alert.policy.notify,
    withheld: alert.withheld?.reason ?? null,
    acknowledged: alert.acknowledged?.who ?? null,
    told:
      alert.policy.notify.length === 0 || (alert.withheld !== undefined && alert.told.length === 0)
        ? 'nobody'
        : known.includes('dead')
          ? 'failed'
          : known.includes('sent') && !known.includes('pending')
            ? 'told'
            : 'waiting',
  }
}

/** One text for a host and service. */
export function nameOf(host: string | undefined, service: string | undefined): string {
  return JSON.stringify([host ?? null, service ?? null])
}

/** Which severity is worse: the higher one. */
export function rank(severity: string): number {
  return severity === 'critical' ? 2 : severity === 'warning' ? 1 : 0
}
