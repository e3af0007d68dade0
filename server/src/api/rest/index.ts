import { z } from 'zod'
import { messageOf, WeirError } from '../../errors.ts'
import type { Hub } from '../../hub.ts'
import { RESULT_LIMIT } from '../../query/clauses.ts'
import { compileQuery } from '../../query/compile.ts'
import { eventReport, eventSchema } from '../reports/events.ts'
import { command, doneSchema } from './command.ts'
import { type Endpoint, endpoint, NOTHING, Refused } from './endpoint.ts'
import { whole } from './whole.ts'

/** How many events a page holds at most, and unless told otherwise. */
const PAGE = { most: 10_000, usual: 100 }

const asked = z.strictObject({
  query: z.string().default('true').meta({ description: "which events; default 'true', all of them" }),
  limit: whole(1, PAGE.most)
    .default(PAGE.usual)
    .meta({ description: `how many: 1 to ${PAGE.most}, default ${PAGE.usual}` }),
  offset: whole(0, RESULT_LIMIT).default(0).meta({ description: 'how many are left out before these' }),
})

const page = z.object({
  events: z.array(eventSchema).readonly(),
  next: z.int().nullable().meta({ description: 'the offset of the next page; null where this is the last' }),
})

/** The index: asking it, and taking hosts out of it. */
export function indexEndpoints(hub: Hub): readonly Endpoint[] {
  return [
    endpoint({
      ...NOTHING,
      method: 'GET',
      path: '/api/index',
      summary:
        'The latest event of each host and service that match a query, in the order of host and service unless the query has one',
      query: asked,
      answer: page,
      refusals: { 503: 'too many queries wait' },
      run: async ({ query: { query, limit, offset } }) => {
        const found = await search(hub, query, offset + limit + 1)
        const events = found.slice(offset, offset + limit).map(eventReport)
        return { events, next: found.length > offset + limit ? offset + limit : null }
      },
    }),
    endpoint({
      ...NOTHING,
      method: 'DELETE',
      path: '/index',
      summary: 'Take a decommissioned host, or one service of it, out of the index, and close its alerts',
      query: z.strictObject({
        host: z.string({
          error: 'say which: DELETE /index?host=db-1 (and &service=… for one service of it)',
        }),
        service: z.string({ error: 'name one: DELETE /index?host=db-1&service=…' }).optional(),
      }),
      answer: doneSchema,
      refusals: { 503: 'the hub could not record it' },
      run: ({ query: { host, service } }) =>
        command(hub, { do: 'forget', host, ...(service === undefined ? {} : { service }) }),
    }),
  ]
}

/** The first events that a query gives; in an order of their own where it has none. */
async function search(hub: Hub, query: string, count: number) {
  try {
    const { hasClauses } = compileQuery(query)
    const most = Math.min(count, RESULT_LIMIT)
    return await hub.query(hasClauses ? query : `${query} order by host service limit ${most}`)
  } catch (error) {
    if (!(error instanceof WeirError)) throw error
    throw new Refused(error.code === 'WEIR_QUERY_BUSY' ? 503 : 400, messageOf(error), { cause: error })
  }
}
