import { type Operated, retry, retrySchema } from '../operated.ts'
import { outboxReport, outboxSchema } from '../reports/outbox.ts'
import { doneSchema } from './command.ts'
import { type Endpoint, endpoint, NOTHING } from './endpoint.ts'

/** The messages that wait, and those that were given up. */
export function outboxEndpoints(operated: Operated): readonly Endpoint[] {
  return [
    endpoint({
      ...NOTHING,
      method: 'GET',
      path: '/api/outbox',
      summary: 'How many messages wait for each destination, and those that were given up',
      answer: outboxSchema,
      run: () => outboxReport(operated.outbox),
    }),
    endpoint({
      ...NOTHING,
      method: 'POST',
      path: '/api/outbox/retry',
      summary: 'Send a message that was given up again, or all those of a destination',
      body: retrySchema,
      answer: doneSchema,
      run: ({ body }) => retry(operated, body),
    }),
  ]
}
