/** One thing that was decided about an alert, as it is kept and shown: why somebody was told, or nobody. */
export interface Decision {
  /** Deterministic, as those of alerts and messages. */
  readonly id: string
  /** Microseconds. */
  readonly at: number
  readonly alert: string
  readonly rule: string
  readonly key: readonly (string | undefined)[]
  readonly what:
    | 'fired'
    | 'changed'
    | 'stale'
    | 'resolved'
    | 'told'
    | 'not told'
    | 'acknowledged'
    | 'acknowledgement over'
    | 'escalated'
    | 'repeated'
    | 'forgotten'
  /** The severity, the destination and message, the reason, who and why. */
  readonly detail: string
}
