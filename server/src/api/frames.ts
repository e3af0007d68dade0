/** What the hub sends to the page over the websocket `/live`: one snapshot, then changes. Times are epoch milliseconds. */
export type Frame = Snapshot | Changes

export interface Snapshot {
  readonly type: 'snapshot'
  readonly now: number
  readonly hub: HubView
  /** At most `ROW_LIMIT`; `hub.indexed` says how many there are. */
  readonly rows: readonly Row[]
  /** The worst, at most `ALERT_LIMIT`; `hub.open` says how many there are. */
  readonly alerts: readonly AlertView[]
}

/** What changed since the last frame; a member that is missing has not changed. At most ten a second. */
export interface Changes {
  readonly type: 'changes'
  readonly now: number
  readonly hub?: HubView
  readonly rows?: readonly Row[]
  /** Rows that left the index: pairs of host and service. */
  readonly gone?: readonly (readonly [host: string | null, service: string | null])[]
  /** The open alerts as in a snapshot, whenever one changed. */
  readonly alerts?: readonly AlertView[]
}

/** The latest event of a host and service. */
export interface Row {
  readonly host: string | null
  readonly service: string | null
  /** The event's own state. */
  readonly state: string | null
  /** What the row shows: the severity of the worst open alert of this host and service, else the event's own state. */
  readonly shown: string | null
  readonly metric: number | null
  readonly description: string | null
  readonly tags: readonly string[]
  readonly attributes: Readonly<Record<string, string>>
  /** The event's time, and when it arrived. */
  readonly time: number
  readonly arrival: number
  readonly ttl: number | null
}

export interface AlertView {
  readonly id: string
  readonly rule: string
  readonly key: readonly string[]
  readonly host: string | null
  readonly service: string | null
  readonly status: 'firing' | 'stale'
  readonly severity: string
  readonly since: number
  readonly summary: string
  readonly metric: number | null
  /** What the metric is counted in, as the rule says. */
  readonly unit: string | null
  readonly runbook: string | null
  /** The names of the destinations, and what became of the message to them. */
  readonly notify: readonly string[]
  readonly told: 'waiting' | 'told' | 'failed' | 'nobody'
  /** Why nobody is told, where something stands against it: `silence`, `maintenance`, `dependsOn`, `flapping`. */
  readonly withheld: string | null
  /** Who has taken it on. */
  readonly acknowledged: string | null
}

export interface HubView {
  readonly version: string
  /** When the process started. */
  readonly started: number
  readonly indexed: number
  /** How many alerts are open. */
  readonly open: number
  /** How many silences are in force. */
  readonly silences: number
  readonly events: number
  readonly eventsPerSecond: number
  readonly rules: number
  /** Where senders can reach the hub, for the hint on an empty page: `127.0.0.1:5555`. */
  readonly listen: { readonly riemann: string | null; readonly http: string }
  readonly outboxDepth: number
  /** Since when and why nothing is recorded; null while all is well. */
  readonly degraded: { readonly since: number; readonly reason: string } | null
  /** Present where a test drives the hub's clock: its times are not real. */
  readonly clock?: 'driven'
  /** By how many seconds the hub's time is ahead of the machine's, while that was set back. */
  readonly clockAhead?: number
}

/** How many rows a snapshot holds at most. */
export const ROW_LIMIT = 20_000
/** How many alerts a frame holds at most. */
export const ALERT_LIMIT = 1_000
