import type { AlertView, HubView, Row } from 'weir-hub/live'

/** A row for tests: `row('web-1', 'cpu', { metric: 5 })`. */
export function row(host: string | null, service: string | null, parts: Partial<Row> = {}): Row {
  const state = parts.state ?? null
  const base = {
    host,
    service,
    state,
    shown: state,
    metric: null,
    description: null,
    tags: [],
    attributes: {},
  }
  return { ...base, time: 0, arrival: 0, ttl: null, ...parts }
}

/** An alert for tests: `alert('disk full', 'db-1', 'critical')`. */
export function alert(
  rule: string,
  host: string | null,
  severity: string,
  parts: Partial<AlertView> = {},
): AlertView {
  const key = host === null ? [] : [host]
  return {
    id: `${rule}/${host}`,
    rule,
    key,
    host,
    service: null,
    status: 'firing',
    severity,
    since: 0,
    summary: `${rule} on ${host}`,
    metric: null,
    unit: null,
    runbook: null,
    notify: [],
    told: 'nobody',
    withheld: null,
    acknowledged: null,
    ...parts,
  }
}

/** What a hub says of itself, for tests. */
export function hub(parts: Partial<HubView> = {}): HubView {
  return {
    version: '0.1.0',
    started: 0,
    indexed: 0,
    open: 0,
    silences: 0,
    events: 0,
    eventsPerSecond: 0,
    rules: 3,
    listen: { riemann: '127.0.0.1:5555', http: '127.0.0.1:5556' },
    outboxDepth: 0,
    degraded: null,
    ...parts,
  }
}
