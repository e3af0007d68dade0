import type { Alert } from '../alerts/alert.ts'
import type { Entry } from '../index/index.ts'
import type { OutboxStatus } from '../outputs/outbox.ts'
import type { AlertView, Row } from './frames.ts'
import { nameOf, type Shown } from './worst.ts'

/** What the page shows of an entry; `worst` is what alerts make it show instead of its own state. */
export function toRow({ event, arrival }: Entry, worst: ReadonlyMap<string, Shown>): Row {
  return {
    host: event.host ?? null,
    service: event.service ?? null,
    state: event.state ?? null,
    shown: worst.get(nameOf(event.host, event.service))?.severity ?? event.state ?? null,
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
    unit: alert.policy.unit ?? null,
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
