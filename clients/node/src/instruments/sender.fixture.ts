import type { EventInput } from '../event-input.ts'
import type { Sender } from './sender.ts'

/** Keeps what it is given to send. Its promises reject, as nobody may look at them. */
export class RecordingSender implements Sender {
  readonly sent: EventInput[][] = []

  send(events: EventInput | readonly EventInput[]): Promise<void> {
    this.sent.push(Array.isArray(events) ? [...events] : [events])
    const lost = Promise.reject(new Error('nobody listens'))
    lost.catch(() => {})
    return lost
  }

  get events(): readonly EventInput[] {
    return this.sent.flat()
  }

  /** The metrics of the latest report, by service. */
  get report(): Readonly<Record<string, unknown>> {
    return Object.fromEntries((this.sent.at(-1) ?? []).map(({ service, metric }) => [service, metric]))
  }
}
