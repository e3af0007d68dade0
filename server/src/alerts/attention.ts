import type { LogicalClock } from '../clock/logical.ts'
import { Wake } from '../clock/wake.ts'
import type { Alert } from './alert.ts'
import type { Note } from './decision.ts'
import type { Open } from './holds.ts'

/** A timer as a checkpoint keeps it. */
export type Alarm = readonly [due: number, seq: number]

const NEVER = Number.POSITIVE_INFINITY

/** Tells of an alert once more. */
type Remind = (name: string, status: 'repeated' | 'escalated', alert: Alert, to: readonly string[]) => void

/** When alerts need attention again: to be repeated, escalated, or because their acknowledgement ends. */
export class Attention {
  readonly #wakes = new Map<string, Wake>()
  readonly #clock: LogicalClock
  readonly #open: Open
  readonly #note: Note
  readonly #remind: Remind

  constructor(options: {
    readonly clock: LogicalClock
    readonly open: Open
    readonly note: Note
    readonly remind: Remind
  }) {
    this.#clock = options.clock
    this.#open = options.open
    this.#note = options.note
    this.#remind = options.remind
  }

  /** Sets the alert's timer to the next moment at which it needs attention; one that is over needs none. */
  schedule(name: string): void {
    const alert = this.#open.get(name)
    const due = alert === undefined ? NEVER : attentionDue(alert, this.#clock.now)
    const wake = this.#wakes.get(name)
    if (due === NEVER) {
      if (wake === undefined) return
      this.#clock.cancel(wake)
      this.#wakes.delete(name)
    } else if (wake === undefined || wake.due !== due) this.#clock.set(this.#wakeOf(name), due)
  }

  save(): readonly (readonly [name: string, alarm: Alarm])[] {
    return [...this.#wakes].map(([name, { due, seq }]) => [name, [due, seq]])
  }

  load(saved: readonly (readonly [name: string, alarm: Alarm])[]): void {
    for (const [name, [due, seq]] of saved) this.#clock.restore(this.#wakeOf(name), due, seq)
  }

  #wakeOf(name: string): Wake {
    const known = this.#wakes.get(name)
    if (known !== undefined) return known
    const made = new Wake(() => {
      this.#wakes.delete(name)
      this.#attend(name)
    })
    this.#wakes.set(name, made)
    return made
  }

  #attend(name: string): void {
    const alert = this.#open.get(name)
    if (alert === undefined) return
    const { now } = this.#clock
    const { acknowledged, policy, escalated, since } = alert
    if (acknowledged?.until !== undefined && acknowledged.until <= now) {
      this.#note(alert, 'acknowledgement over', acknowledged.who)
      this.#open.replace(name, { ...alert, acknowledged: undefined })
    } else if (policy.escalate !== undefined && !escalated && now >= since + policy.escalate.after) {
      const { to } = policy.escalate
      this.#note(alert, 'escalated', `to ${to.join(', ')}: not acknowledged`)
      const next = { ...alert, escalated: true }
      this.#open.replace(name, next)
      this.#remind(name, 'escalated', next, to)
    } else if (policy.repeat !== undefined) {
      this.#note(alert, 'repeated', '')
      const repeated = { ...alert, lastTold: now }
      this.#open.replace(name, repeated)
      this.#remind(name, 'repeated', repeated, alert.told)
    }
    this.schedule(name)
  }
}

/** When an alert needs attention again, in microseconds: its acknowledgement ends, it is to be escalated or repeated. */
function attentionDue(alert: Alert, now: number): number {
  const { status, acknowledged, withheld, policy, since, lastTold, escalated } = alert
  if (acknowledged !== undefined) return acknowledged.until ?? NEVER
  if (status !== 'firing' || withheld !== undefined || lastTold === undefined) return NEVER
  const escalation = policy.escalate === undefined || escalated ? NEVER : since + policy.escalate.after
  const repetition = policy.repeat === undefined ? NEVER : lastTold + policy.repeat
  return Math.max(now, Math.min(escalation, repetition))
}
