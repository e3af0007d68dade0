import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import type { Wall } from '../clock/wall.ts'
import type { Hub } from '../hub.ts'
import type { Outbox } from '../outputs/outbox.ts'

/** What operators have to do with, over the Unix socket and over HTTP. */
export interface Operated {
  readonly hub: Hub
  readonly db: DatabaseSync
  readonly outbox: Outbox
  /** Times how long is waited for something. */
  readonly wall: Wall
  /** Tries what waits for a destination, or is broken, at once. */
  readonly tryNow: () => void
  /** Puts the configuration as it is now in force; answers what changed, a line each. */
  readonly reload: () => Promise<readonly string[]>
}

/** Which messages that were given up are to be sent again. */
export const retrySchema = z
  .strictObject({ id: z.string().optional(), destination: z.string().optional() })
  .refine(
    ({ id, destination }) => (id === undefined) !== (destination === undefined),
    'names an id or a destination',
  )

/** Has them sent again, and says how many they are. */
export function retry(
  { outbox, tryNow }: Operated,
  { id, destination }: z.infer<typeof retrySchema>,
): { readonly ok: true; readonly said: string } {
  const count = outbox.retryDead(id !== undefined ? { id } : { destination: destination ?? '' })
  tryNow()
  return { ok: true, said: `${count} messages are to be sent again` }
}
