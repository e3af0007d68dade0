import type { EventInput } from '../event-input.ts'

/** What an instrument needs of a client. It does not wait for the promise, and never looks at how it ends. */
export interface Sender {
  send(events: EventInput | readonly EventInput[]): Promise<void>
}
