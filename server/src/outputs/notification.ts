/** How bad: `warning` and `critical` by `severity()`, or any state that a rule gives to `alert()`. */
export type Severity = string

/** One change of one alert, as it is told. */
export interface NotificationItem {
  /**
   * `blip`: fired and was over again before anyone was told. `repeated`: still fires. `escalated`: fires, and nobody
   * has acknowledged it. `flapping`: fires and resolves again and again, further changes are not told; `settled`: it
   * has stopped doing so, and fires on or, with the severity `ok`, is over.
   */
  readonly status:
    | 'firing'
    | 'changed'
    | 'stale'
    | 'resolved'
    | 'blip'
    | 'repeated'
    | 'escalated'
    | 'flapping'
    | 'settled'
  readonly severity: Severity
  readonly previous?: Severity | undefined
  readonly key: readonly string[]
  /** The alert's id. */
  readonly alert?: string | undefined
  readonly host?: string | undefined
  readonly service?: string | undefined
  readonly summary: string
  readonly description?: string | undefined
  readonly metric?: number | undefined
  /** What the metric is counted in: `%`, `s`, `B/s`. */
  readonly unit?: string | undefined
  /** Microseconds: when the alert began to fire, and when this change happened. */
  readonly since: number
  readonly at: number
  /** Of one that is `resolved`: why it was closed, where that is not that it is well again. */
  readonly reason?: string | undefined
  /** The rule, where the notification tells of several. */
  readonly rule?: string | undefined
  /** How often it fired since the receiver last heard of it, where this line stands for more than once. */
  readonly times?: number | undefined
}

/** One message to one destination: a row of the outbox. */
export interface Notification {
  /** Deterministic: the same journal and rules give the same id. That of a folded message is made from those of its parts. */
  readonly id: string
  readonly destination: string
  /** The rule; where messages of several rules were folded into one, how many they are, such as `3 rules`. */
  readonly rule: string
  readonly runbook?: string | undefined
  /** The page of the hub, where known. */
  readonly link?: string | undefined
  /** Microseconds. */
  readonly at: number
  /** At least one, in order. */
  readonly items: readonly NotificationItem[]
  /** How many messages were folded into this one, because too many waited or the destination was away. */
  readonly folded?: number | undefined
}

/** What came of one attempt to deliver. */
export type Delivery =
  | { readonly kind: 'sent' }
  /** A part of it was sent. The same notification is handed over again after the pace, to go on where it was left. */
  | { readonly kind: 'more' }
  /** Try again, no sooner than `afterSeconds` where the receiver named it. */
  | { readonly kind: 'retry'; readonly reason: string; readonly afterSeconds?: number | undefined }
  /** No message gets through until somebody puts the destination right: all of them wait, tried again every ten minutes. */
  | { readonly kind: 'pause'; readonly reason: string }
  /** The receiver will never take this message; others it may. */
  | { readonly kind: 'dead'; readonly reason: string }

/**
 * What a destination remembers from one delivery to the next, kept in the hub's database under its name: texts by key.
 * Of what all destinations have written, the latest 200,000 are kept.
 */
export interface DestinationMemory {
  get(key: string): string | undefined
  /** Writes all of them or, where it throws, none; `undefined` forgets. */
  put(entries: readonly (readonly [key: string, value: string | undefined])[]): void
}

/** What a link acknowledges: an alert, or the alerts of a notification that are open then; by their ids. */
export type Acknowledgeable = { readonly alert: string } | { readonly message: string }

/** The side effects that a destination may use, so that tests can stand in for them. */
export interface DeliveryIo {
  readonly fetch: typeof globalThis.fetch
  /** Aborted when the attempt has taken too long or the hub stops. */
  readonly signal: AbortSignal
  /** Integer microseconds since the epoch. */
  now(): number
  /** Writes one line to the hub's log. */
  readonly log: (line: string) => void
  readonly memory: DestinationMemory
  /**
   * The address at which an alert can be acknowledged, or all that a notification tells of, by its id; undefined where
   * there is none.
   */
  readonly acknowledgeLink?: ((what: Acknowledgeable) => string | undefined) | undefined
}

/**
 * Somewhere that notifications go: one file in `outputs/` makes each kind.
 * `deliver` never throws: whatever happens is a Delivery.
 */
export interface Destination {
  readonly kind: string
  /** Unique within a configuration; shown in alerts, logs and metrics. */
  readonly name: string
  /** One line for the start-up report: where it sends, without secrets. */
  readonly describe: string
  /** Seconds from the end of one attempt to the beginning of the next, at least. Default 0. */
  readonly pace?: number
  /**
   * How many messages may wait. Beyond it those of each rule are folded into one, and all into one where even those
   * are more. Without it every message is sent, however many wait: right for programs, not for people.
   */
  readonly budget?: number
  /** Whether its messages only repeat that all is well, every minute: that one was sent is not worth a line in the log. */
  readonly routine?: boolean
  deliver(notification: Notification, io: DeliveryIo): Promise<Delivery>
  /** The message as text, for `weir preview`. */
  preview?(notification: Notification, acknowledgeLink?: DeliveryIo['acknowledgeLink']): string
}
