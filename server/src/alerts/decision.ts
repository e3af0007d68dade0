/** One thing that was decided about an alert or a silence, as it is kept and shown: why somebody was told, or nobody. */
export interface Decision {
  /** Deterministic, as those of alerts and messages. */
  readonly id: string
  /** Microseconds. */
  readonly at: number
  /** The id of the alert, or of the silence. */
  readonly alert: string
  readonly rule: string
  readonly key: readonly (string | undefined)[]
  readonly what:
    | 'fired'
    | 'changed'
    | 'stale'
    | 'resolved'
    | 'telling'
    | 'not told'
    | 'acknowledged'
    | 'acknowledgement over'
    | 'escalated'
    | 'repeated'
    | 'forgotten'
    | 'silenced'
    | 'silence over'
  /** The severity, the destination and message, the reason, who and why. */
  readonly detail: string
  /** Of `telling`: the message in the outbox, which knows what became of it. */
  readonly message?: string | undefined
}

/** What a decision is about: an alert, or a silence. */
export interface Subject {
  readonly id: string
  readonly rule: string
  readonly key: readonly (string | undefined)[]
}

/** Writes a decision down, at the present. */
export type Note = (
  subject: Subject,
  what: Decision['what'],
  detail: string,
  message?: Decision['message'],
) => void
