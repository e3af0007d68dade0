import type { Event } from 'weir-protocol'
import { z } from 'zod'

/** An event, as the REST endpoints show it. */
export const eventSchema = z.object({
  host: z.string().nullable(),
  service: z.string().nullable(),
  state: z.string().nullable(),
  description: z.string().nullable(),
  metric: z.number().nullable(),
  time: z.number().meta({ description: 'when it happened, in microseconds since the epoch' }),
  ttl: z.number().nullable().meta({ description: 'seconds' }),
  tags: z.array(z.string()).readonly(),
  attributes: z.record(z.string(), z.string()).readonly(),
})

export type EventReport = Readonly<z.infer<typeof eventSchema>>

export function eventReport(event: Event): EventReport {
  const { host, service, state, description, metric, time, ttl, tags, attributes } = event
  return {
    host: host ?? null,
    service: service ?? null,
    state: state ?? null,
    description: description ?? null,
    metric: metric ?? null,
    time,
    ttl: ttl ?? null,
    tags,
    attributes,
  }
}
