import { makeEvent } from 'weir-protocol'
import { z } from 'zod'
import type { Hub } from '../../hub.ts'
import { type ExplainedStep, explainRules } from '../../rules/explain.ts'
import { alertReport, alertSchema } from './alerts.ts'
import { eventReport, eventSchema } from './events.ts'

const stepSchema = z.object({
  operator: z.string(),
  params: z.string().meta({ description: 'its parameters, as JSON' }),
  place: z.string().nullable().meta({ description: 'file and line' }),
  state: z.string().nullable().meta({ description: 'what it holds, as JSON, cut where it is long' }),
  events: z
    .array(eventSchema)
    .readonly()
    .meta({ description: 'the events among what it holds, the oldest first' }),
  due: z.int().nullable().meta({ description: 'until when it waits, in microseconds since the epoch' }),
})

/** What is known of one service of a host: its event, the rules that it concerns, its open alerts. Times in microseconds. */
export const explanationSchema = z.object({
  event: z
    .object({ state: z.string().nullable(), metric: z.number().nullable(), arrival: z.int() })
    .nullable(),
  rules: z
    .array(
      z.object({ rule: z.string(), place: z.string().nullable(), steps: z.array(stepSchema).readonly() }),
    )
    .readonly(),
  alerts: z
    .array(
      alertSchema.extend({
        cause: z.object({
          incoming: eventSchema.nullable(),
          event: eventSchema,
          path: z.array(stepSchema).readonly(),
        }),
      }),
    )
    .readonly(),
})

/** One operator of a rule, and what it holds. */
export type StepReport = Readonly<z.infer<typeof stepSchema>>

export type Explanation = Readonly<z.infer<typeof explanationSchema>>

export function explanationReport(hub: Hub, host: string, service: string): Explanation {
  const { index, engine, book } = hub.fold
  const entry = index.entry(host, service)
  const open = new Map([...book.open].map((alert) => [alert.id, alert]))
  const event = entry?.event ?? makeEvent({ host, service, time: hub.now() })
  return {
    event:
      entry === undefined
        ? null
        : { state: event.state ?? null, metric: event.metric ?? null, arrival: entry.arrival },
    rules: explainRules(engine, event).map((each) => ({ ...each, steps: each.steps.map(stepReport) })),
    alerts: alertReport(hub).flatMap((report) => {
      const cause = open.get(report.id)?.cause
      return report.host !== host || report.service !== service || cause === undefined
        ? []
        : [
            {
              ...report,
              cause: {
                incoming: cause.incoming && eventReport(cause.incoming),
                event: eventReport(cause.event),
                path: cause.path.map(stepReport),
              },
            },
          ]
    }),
  }
}

function stepReport(step: ExplainedStep): StepReport {
  return { ...step, events: step.events.map(eventReport) }
}
