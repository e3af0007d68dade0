import { z } from 'zod'
import type { Operated } from '../operated.ts'
import { DECISION_LIMIT, decisionReport, decisionSchema } from '../reports/decisions.ts'
import { type Endpoint, endpoint, NOTHING } from './endpoint.ts'
import { whole } from './whole.ts'

/** What was decided about alerts. */
export function logEndpoints({ db, outbox }: Operated): readonly Endpoint[] {
  return [
    endpoint({
      ...NOTHING,
      method: 'GET',
      path: '/api/log',
      summary:
        'The latest decisions about alerts and silences, the oldest of them first: fired, told, not told and why',
      query: z.strictObject({
        rule: z.string().optional(),
        host: z.string().optional(),
        alert: z.string().optional(),
        limit: whole(1, DECISION_LIMIT)
          .default(50)
          .meta({ description: `how many: 1 to ${DECISION_LIMIT}, default 50` }),
      }),
      answer: z.array(decisionSchema).readonly(),
      run: ({ query }) => decisionReport(db, outbox, query),
    }),
  ]
}
