import { z } from 'zod'
import { refusalSchema } from './endpoint.ts'
import { jsonSchema } from './json-schema.ts'

type Json = Readonly<Record<string, unknown>>

/** A route that is no endpoint of ours: what it takes or answers is a stream, another format, or an input's. */
export interface Elsewhere {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly operation: Json
}

const text = { type: 'string' }
const json = (schema: z.ZodType) => ({ 'application/json': { schema: jsonSchema(schema, 'output') } })
const refusal = (description: string) => ({ description, content: json(refusalSchema) })
const parameter = (name: string, where: 'query' | 'path', description: string) => ({
  name,
  in: where,
  description,
  required: where === 'path',
  schema: text,
})

/** What `POST /events` and `POST /collectd` answer. */
export const intakeSchema = z.object({
  error: z.string().optional().meta({ description: 'why nothing, or not everything, was accepted' }),
  accepted: z.int().meta({ description: 'how many events are in the journal' }),
  rejected: z
    .array(z.object({ index: z.int().optional(), line: z.int().optional(), problem: z.string() }))
    .meta({ description: 'the first ten that were not understood' }),
  rejectedCount: z.int(),
})

/** What `/healthz` answers. */
export const healthSchema = z.object({
  status: z.enum(['ok', 'degraded']),
  version: z.string(),
  started: z.number().meta({ description: 'milliseconds since the epoch' }),
  indexed: z.int(),
  open: z.int().meta({ description: 'open alerts' }),
  silences: z.int(),
  events: z.int(),
  eventsPerSecond: z.number(),
  rules: z.int(),
  listen: z.object({ riemann: z.string().nullable(), http: z.string() }),
  outboxDepth: z.int(),
  degraded: z.object({ since: z.number(), reason: z.string() }).nullable(),
  clock: z.literal('driven').optional(),
  clockAhead: z.number().optional(),
})

const QUERY = parameter('query', 'query', 'which events; without it, all')
const LEFT = parameter(
  'left',
  'query',
  'true: tell also, with a member left: true, of entries of the index that do not match the query any more',
)
const stream = (summary: string, parameters: readonly Json[]): Json => ({
  summary: `${summary}: server-sent events, or a websocket`,
  parameters,
  responses: {
    200: {
      description: 'an event in JSON after each data:',
      content: { 'text/event-stream': { schema: text } },
    },
    101: { description: 'a websocket: an event in JSON in each text message' },
    400: refusal('the query, or a parameter, is wrong'),
    503: refusal('there are as many subscriptions as there may be'),
  },
})
const intake = (summary: string): Json => ({
  summary,
  requestBody: { required: true, content: { 'application/json': { schema: {} } } },
  responses: Object.fromEntries(
    Object.entries({
      200: 'some were accepted, or there were none',
      400: 'nothing was understood',
      413: 'more than is taken at once',
      415: 'an unknown Content-Encoding',
      503: 'the hub could not take them',
    }).map(([status, description]) => [status, { description, content: json(intakeSchema) }]),
  ),
})

const page = (description: string) => ({ description, content: { 'text/html': { schema: text } } })
/** Where links in messages lead; the signature stands for the token. */
const link = (summary: string, responses: Json, more: Json = {}): Json => ({
  summary,
  parameters: [
    parameter('alert', 'query', "the alert's id; or else"),
    parameter('message', 'query', 'the id of a message: all of its alerts that are open'),
    parameter('until', 'query', 'until when the link is good, in seconds since the epoch'),
    parameter('signature', 'query', 'that this hub made it'),
  ],
  responses: {
    ...responses,
    403: page('this hub did not make the link'),
    404: page('the alert, or each of the message, is over'),
    410: page('the link has expired'),
  },
  ...more,
})

export const ELSEWHERE: readonly Elsewhere[] = [
  {
    method: 'GET',
    path: '/index',
    operation: stream('What is in the index, and what changes', [
      QUERY,
      parameter(
        'subscribe',
        'query',
        'false: end after what there is; a websocket goes on only where it is true',
      ),
      LEFT,
    ]),
  },
  {
    method: 'GET',
    path: '/pubsub/{topic}',
    operation: stream('What rules publish to a topic, or with the topic index what the index gets', [
      parameter('topic', 'path', 'the topic'),
      QUERY,
      LEFT,
    ]),
  },
  {
    method: 'POST',
    path: '/events',
    operation: intake('Take events: one, an array, or one on each line'),
  },
  {
    method: 'GET',
    path: '/acknowledge',
    operation: link('A page that asks who takes an alert on, or all of a message', { 200: page('the form') }),
  },
  {
    method: 'POST',
    path: '/acknowledge',
    operation: link(
      'Take an alert on, or all of a message, by the form of that page',
      {
        303: { description: 'done: back to the page' },
        400: page('the form does not say who'),
        503: page('the hub could not record it'),
      },
      {
        requestBody: {
          required: true,
          content: {
            'application/x-www-form-urlencoded': {
              schema: { type: 'object', required: ['who'], properties: { who: text, why: text } },
            },
          },
        },
      },
    ),
  },
  { method: 'POST', path: '/collectd', operation: intake("Take what collectd's write_http sends") },
  {
    method: 'GET',
    path: '/healthz',
    operation: {
      summary: 'Whether the hub runs, and records',
      responses: { 200: { description: 'it runs', content: json(healthSchema) } },
    },
  },
  {
    method: 'GET',
    path: '/metrics',
    operation: {
      summary: "The hub's figures, in Prometheus' text format",
      responses: { 200: { description: 'all of them', content: { 'text/plain': { schema: text } } } },
    },
  },
  {
    method: 'GET',
    path: '/api/openapi.json',
    operation: {
      summary: 'This document',
      responses: { 200: { description: 'it', content: { 'application/json': { schema: {} } } } },
    },
  },
]
