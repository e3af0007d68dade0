import type { Destination } from './notification.ts'
import { lineOf } from './wording.ts'

/** A destination whose environment variable is not set: it writes its messages to the hub's log, marked as not sent. `preview` is that of the one that it stands for. */
export function notConfigured(
  kind: string,
  name: string,
  variable: string,
  preview: NonNullable<Destination['preview']> = lineOf,
): Destination {
  return {
    kind,
    name,
    // Its own line says more than that one was sent, which it was not.
    routine: true,
    describe: `not configured: ${variable} is not set; its messages go to the log`,
    deliver: async (notification, io) => {
      io.log(`[${name} not configured: ${variable} is not set] would have sent: ${lineOf(notification)}`)
      return { kind: 'sent' }
    },
    preview,
  }
}
