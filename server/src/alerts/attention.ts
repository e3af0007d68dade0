import type { LogicalClock } from '../clock/logical.ts'
import { Wake } from '../clock/wake.ts'
import type { Alert } from './alert.ts'
import { attentionDue } from './holds.ts'

/** A timer as a checkpoint keeps it. */
export type Alarm = readonly [due: number, seq: number]

/** When alerts need attention again: to be repeated, escalated, or because their acknowledgement ends. */
export class Attention {
  readonly #wakes = new Map<string, Wake>()
  readonly #clock: LogicalClock
  readonly #attend: (name: string) => void

  constructor(clock: LogicalClock, attend: (name: string) => void) {
    this.#clock = clock
    this.#attend = attend
  }

  /** Sets the alert's timer to the next moment at which it needs attention; one that is over needs none. */
  schedule(name: string, alert: Alert | undefined): void {
    const due = alert === undefined ? Number.POSITIVE_INFINITY : attentionDue(alert, this.#clock.now)
    const wake = this.#wakes.get(name)
    if (due === Number.POSITIVE_INFINITY) {
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
}
