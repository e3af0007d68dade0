import type { Destination } from './notification.ts'
import { lineOf } from './wording.ts'

export interface LogOnlyOptions {
  /** Default `log`. */
  readonly name?: string
}

/**
 * A destination that writes each message to the hub's log, in one line, and sends nothing anywhere.
 *
 *     export const quiet = logOnly({ name: 'quiet' })
 */
export function logOnly(options: LogOnlyOptions = {}): Destination {
  const name = options.name ?? 'log'
  return {
    kind: 'log',
    name,
    describe: "writes to the hub's log",
    deliver: async (notification, io) => {
      io.log(`[${name}] ${lineOf(notification)}`)
      return { kind: 'sent' }
    },
    preview: lineOf,
  }
}
