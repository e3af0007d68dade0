import { z } from 'zod'
import type { Hub } from '../../hub.ts'
import { silenceReport, silenceSchema } from '../reports/silences.ts'
import { command, doneSchema } from './command.ts'
import { type Endpoint, endpoint, NOTHING } from './endpoint.ts'

const pattern = z.string().optional().meta({ description: '* stands for any run of characters' })

/** Which alerts nobody is to be told of, and why. */
const wanted = z.strictObject({
  match: z.strictObject({ rule: pattern, host: pattern, service: pattern, severity: pattern }).meta({
    description: 'all that are given must match; at least one',
  }),
  who: z.string(),
  why: z.string(),
  for: z.string().optional().meta({
    description: "for how long: '2h'; without it, until what it holds back is resolved",
  }),
})

/** Silences. */
export function silenceEndpoints(hub: Hub): readonly Endpoint[] {
  return [
    endpoint({
      ...NOTHING,
      method: 'GET',
      path: '/api/silences',
      summary: 'The silences that are in force, and what each holds back',
      answer: z.array(silenceSchema).readonly(),
      run: () => silenceReport(hub),
    }),
    endpoint({
      ...NOTHING,
      method: 'POST',
      path: '/api/silences',
      summary: 'Tell nobody of some alerts for a while',
      body: wanted,
      answer: doneSchema,
      refusals: { 409: 'there are as many silences as there may be', 503: 'the hub could not record it' },
      run: ({ body }) => command(hub, { do: 'silence', ...body }),
    }),
    endpoint({
      ...NOTHING,
      method: 'DELETE',
      path: '/api/silences/{id}',
      summary: 'End a silence',
      parameters: z.strictObject({ id: z.string().meta({ description: "the silence's id" }) }),
      answer: doneSchema,
      refusals: { 404: 'there is no such silence', 503: 'the hub could not record it' },
      run: ({ parameters: { id } }) => command(hub, { do: 'unsilence', silence: id }),
    }),
  ]
}
