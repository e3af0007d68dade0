import { z } from 'zod'
import type { Hub } from '../../hub.ts'

/** A silence, and the alerts that it holds back now. */
export const silenceSchema = z.object({
  id: z.string(),
  match: z.object({
    rule: z.string().optional(),
    host: z.string().optional(),
    service: z.string().optional(),
    severity: z.string().optional(),
  }),
  who: z.string(),
  why: z.string(),
  until: z.int().nullable().meta({ description: 'microseconds since the epoch; null: until it is resolved' }),
  holds: z
    .array(z.string())
    .readonly()
    .meta({ description: 'the summaries of the alerts that it holds back' }),
})

export type SilenceReport = Readonly<z.infer<typeof silenceSchema>>

export function silenceReport(hub: Hub): readonly SilenceReport[] {
  const { silences } = hub.fold.book.telling
  return silences.all.map(({ id, match, who, why, until }) => ({
    id,
    match: { ...match },
    who,
    why,
    until: until ?? null,
    holds: [...hub.fold.book.open].filter((alert) => alert.withheld?.by === id).map((alert) => alert.summary),
  }))
}
