import { z } from 'zod'
import type { Operated } from '../operated.ts'
import { alertReport, alertSchema } from '../reports/alerts.ts'
import { explanationReport, explanationSchema, UnknownAlert } from '../reports/explanation.ts'
import { command, doneSchema } from './command.ts'
import { type Endpoint, endpoint, NOTHING, Refused } from './endpoint.ts'

const parameters = z.strictObject({ id: z.string().meta({ description: "the alert's id" }) })

/** Who takes an alert on, and why. */
const acknowledgement = z.strictObject({
  who: z.string(),
  why: z.string(),
  for: z.string().optional().meta({ description: "for how long: '2h'; without it, until it is over" }),
})

const UNKNOWN = { 404: 'no such alert is open', 503: 'the hub could not record it' }

/** The open alerts, and taking them on. */
export function alertEndpoints({ hub, db, outbox }: Operated): readonly Endpoint[] {
  return [
    endpoint({
      ...NOTHING,
      method: 'GET',
      path: '/api/alerts',
      summary: 'The open alerts, the oldest first',
      answer: z.array(alertSchema).readonly(),
      run: () => alertReport(hub, outbox),
    }),
    endpoint({
      ...NOTHING,
      method: 'GET',
      path: '/api/alerts/{id}',
      summary: 'An alert, open or over: what it was fired by, and what was decided about it',
      parameters,
      answer: explanationSchema,
      refusals: { 404: 'no such alert is known' },
      run: ({ parameters: { id } }) => {
        try {
          return explanationReport(hub, db, outbox, { alert: id })
        } catch (error) {
          if (error instanceof UnknownAlert) throw new Refused(404, error.message, { cause: error })
          throw error
        }
      },
    }),
    endpoint({
      ...NOTHING,
      method: 'POST',
      path: '/api/alerts/{id}/acknowledge',
      summary: 'Take an alert on: it is not repeated and not escalated any more',
      parameters,
      body: acknowledgement,
      answer: doneSchema,
      refusals: UNKNOWN,
      run: ({ parameters: { id }, body }) => command(hub, { do: 'acknowledge', alert: id, ...body }),
    }),
    endpoint({
      ...NOTHING,
      method: 'POST',
      path: '/api/alerts/{id}/unacknowledge',
      summary: 'Give an alert back',
      parameters,
      answer: doneSchema,
      refusals: UNKNOWN,
      run: ({ parameters: { id } }) => command(hub, { do: 'unacknowledge', alert: id }),
    }),
  ]
}
