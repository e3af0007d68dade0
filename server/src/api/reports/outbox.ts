import { z } from 'zod'
import type { Outbox } from '../../outputs/outbox.ts'

/** What waits in the outbox, by destination, and what was given up, the latest hundred. */
export const outboxSchema = z.object({
  pending: z.record(z.string(), z.int()).meta({ description: 'how many messages wait, by destination' }),
  dead: z
    .array(
      z.object({
        id: z.string(),
        destination: z.string(),
        at: z.int().meta({ description: 'when it was decided, in microseconds since the epoch' }),
        error: z.string(),
        what: z.string(),
      }),
    )
    .readonly()
    .meta({ description: 'the messages that were given up, the latest first' }),
})

export type OutboxReport = Readonly<z.infer<typeof outboxSchema>>

export function outboxReport(outbox: Outbox): OutboxReport {
  return {
    pending: Object.fromEntries(outbox.pendingByDestination()),
    dead: outbox.deadLetters().map(({ id, destination, at, lastError, body }) => {
      const message = notificationSchema.parse(JSON.parse(body))
      const what = message.items.map(({ summary }) => summary).join('; ')
      return { id, destination, at, error: lastError ?? '', what: `${message.rule}: ${what}`.slice(0, 200) }
    }),
  }
}

const notificationSchema = z.object({ rule: z.string(), items: z.array(z.object({ summary: z.string() })) })
