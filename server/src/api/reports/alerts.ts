import { z } from 'zod'
import type { Hub } from '../../hub.ts'

const micros = z.int().meta({ description: 'microseconds since the epoch' })

/** An open alert, as people are shown it; times in microseconds. */
export const alertSchema = z.object({
  id: z.string(),
  rule: z.string(),
  host: z.string().nullable(),
  service: z.string().nullable(),
  status: z.enum(['firing', 'stale', 'resolved']),
  severity: z.string(),
  since: micros,
  summary: z.string(),
  told: z.array(z.string()).readonly().meta({ description: 'the destinations that were told' }),
  withheld: z.string().nullable().meta({ description: 'why nobody is told, and by what' }),
  acknowledged: z.object({ who: z.string(), why: z.string(), until: micros.nullable() }).nullable(),
})

export type AlertReport = Readonly<z.infer<typeof alertSchema>>

/** The open alerts, the oldest first. */
export function alertReport(hub: Hub): readonly AlertReport[] {
  return [...hub.fold.book.open].map(
    ({ id, rule, event, status, severity, since, summary, told, withheld, acknowledged }) => ({
      id,
      rule,
      host: event.host ?? null,
      service: event.service ?? null,
      status,
      severity,
      since,
      summary,
      told,
      withheld: withheld === undefined ? null : `${withheld.reason} ${withheld.by}`,
      acknowledged:
        acknowledged === undefined
          ? null
          : { who: acknowledged.who, why: acknowledged.why, until: acknowledged.until ?? null },
    }),
  )
}
