import { z } from 'zod'
import type { Alert } from '../../alerts/alert.ts'
import type { Hub } from '../../hub.ts'
import type { Fate, Outbox } from '../../outputs/outbox.ts'

const micros = z.int().meta({ description: 'microseconds since the epoch' })
const names = z.array(z.string()).readonly()

/** To whom messages of an alert went, by what became of the latest to each. */
const tellingSchema = z.object({
  told: names.meta({ description: 'the destinations that were told' }),
  waiting: names.meta({ description: 'those to which a message is on its way' }),
  failed: names.meta({ description: 'those that could not be told' }),
})

/** An alert, as people are shown it; times in microseconds. */
export const alertSchema = z.object({
  id: z.string(),
  rule: z.string(),
  host: z.string().nullable(),
  service: z.string().nullable(),
  status: z.enum(['firing', 'stale', 'resolved']),
  severity: z.string(),
  since: micros,
  summary: z.string(),
  ...tellingSchema.shape,
  withheld: z.string().nullable().meta({ description: 'why nobody is told now, and by what' }),
  acknowledged: z.object({ who: z.string(), why: z.string(), until: micros.nullable() }).nullable(),
})

export type AlertReport = Readonly<z.infer<typeof alertSchema>>
export type TellingReport = Readonly<z.infer<typeof tellingSchema>>

/** The open alerts, the oldest first; or those of them that are given. */
export function alertReport(
  hub: Hub,
  outbox: Outbox,
  alerts: readonly Alert[] = [...hub.fold.book.open],
): readonly AlertReport[] {
  const fates = outbox.fates(alerts.flatMap(latestMessages))
  return alerts.map((alert) => {
    const { id, rule, event, status, severity, since, summary, withheld, acknowledged } = alert
    return {
      id,
      rule,
      host: event.host ?? null,
      service: event.service ?? null,
      status,
      severity,
      since,
      summary,
      ...tellingReport(latestMessages(alert), fates),
      withheld: withheld === undefined ? null : `${withheld.reason} ${withheld.by}`,
      acknowledged:
        acknowledged === undefined
          ? null
          : { who: acknowledged.who, why: acknowledged.why, until: acknowledged.until ?? null },
    }
  })
}

/** Enough of the messages about an alert that the latest to each destination is among them. */
function latestMessages({ messages, told }: Alert): readonly string[] {
  return messages.slice(-2 * Math.max(1, told.length))
}

/** `messages` are ids, the latest last. */
export function tellingReport(messages: readonly string[], fates: ReadonlyMap<string, Fate>): TellingReport {
  const latest = new Map<string, Fate['status']>()
  for (const id of messages) {
    const fate = fates.get(id)
    if (fate !== undefined) latest.set(fate.destination, fate.status)
  }
  const those = (status: Fate['status']) =>
    [...latest].flatMap(([destination, one]) => (one === status ? [destination] : []))
  return { told: those('sent'), waiting: those('pending'), failed: those('dead') }
}
