import { z } from 'zod'
import { messageOf } from '../../errors.ts'
import type { Operated } from '../operated.ts'
import { explanationReport, explanationSchema } from '../reports/explanation.ts'
import { ruleReport, ruleSchema } from '../reports/rules.ts'
import { type Endpoint, endpoint, NOTHING, Refused } from './endpoint.ts'

/** The rules: what they did, what they hold for a service, and taking up changed ones. */
export function ruleEndpoints({ hub, db, outbox, reload }: Operated): readonly Endpoint[] {
  return [
    endpoint({
      ...NOTHING,
      method: 'GET',
      path: '/api/rules',
      summary:
        'The rules in the order of the configuration: where they stand, what concerned them, what failed',
      answer: z.array(ruleSchema).readonly(),
      run: () => ruleReport(hub),
    }),
    endpoint({
      ...NOTHING,
      method: 'GET',
      path: '/api/explain',
      summary: 'Which rules concern a service of a host, what each operator holds and waits for, its alerts',
      query: z.strictObject({ host: z.string(), service: z.string() }),
      answer: explanationSchema,
      run: ({ query: { host, service } }) => explanationReport(hub, db, outbox, { host, service }),
    }),
    endpoint({
      ...NOTHING,
      method: 'POST',
      path: '/api/reload',
      summary: 'Take up rules and destinations as they are in their files now',
      answer: z.object({ lines: z.array(z.string()).readonly().meta({ description: 'what changed' }) }),
      refusals: { 409: 'the rules have an error, and nothing has changed' },
      run: async () => {
        try {
          return { lines: await reload() }
        } catch (error) {
          throw new Refused(409, messageOf(error), { cause: error })
        }
      },
    }),
  ]
}
