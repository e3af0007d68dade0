import { z } from 'zod'

/** The statuses with which an endpoint may refuse. */
export type RefusalStatus = 400 | 404 | 409 | 503

/** What an endpoint answers in place of what was asked for. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly status: RefusalStatus

  constructor(status: RefusalStatus, message: string, options?: ErrorOptions) {
    super(message, options)
    this.status = status
  }
}

/** The shape of every refusal. */
export const refusalSchema = z.object({
  error: z.string().meta({ description: 'what was wrong, and what would be right' }),
})

/** What an endpoint takes, unless it says otherwise: no parameters, no body. */
export const NOTHING = { parameters: z.strictObject({}), query: z.strictObject({}), body: z.undefined() }

/** What of a request comes from outside. */
export interface RawRequest {
  readonly parameters: unknown
  readonly query: unknown
  readonly body: unknown
}

/** An endpoint as it is written down. */
interface EndpointSpec<
  Parameters extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType,
  Answer extends z.ZodType,
> {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** With parameters in braces: `/api/alerts/{id}/acknowledge`. */
  readonly path: string
  readonly summary: string
  /** Those in the path. */
  readonly parameters: Parameters
  /** Those in the query string. */
  readonly query: Query
  readonly body: Body
  readonly answer: Answer
  /** How it may be refused besides 400, and when. */
  readonly refusals?: Readonly<Partial<Record<RefusalStatus, string>>>
  /** What it does; throws Refused. */
  readonly run: (request: {
    readonly parameters: z.output<Parameters>
    readonly query: z.output<Query>
    readonly body: z.output<Body>
  }) => z.input<Answer> | Promise<z.input<Answer>>
}

/** One of the hub's REST endpoints, for requests and for the document about them. */
export interface Endpoint
  extends Readonly<
    Pick<
      EndpointSpec<z.ZodObject, z.ZodObject, z.ZodType, z.ZodType>,
      'method' | 'path' | 'summary' | 'parameters' | 'query' | 'body' | 'answer'
    >
  > {
  /** What each refusal means. */
  readonly refusals: Readonly<Partial<Record<RefusalStatus, string>>>
  /** Answers a request; rejects with Refused. */
  handle(request: RawRequest): Promise<unknown>
}

/**
 * An endpoint of what it takes, answers and does. What comes from outside is checked first: what is wrong is refused
 * with 400, which names the parameter or the member of the body.
 *
 * @example
 * endpoint({ ...NOTHING, method: 'GET', path: '/api/alerts', summary: '…', answer: z.array(alertSchema), run })
 */
export function endpoint<
  Parameters extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType,
  Answer extends z.ZodType,
>(spec: EndpointSpec<Parameters, Query, Body, Answer>): Endpoint {
  const { method, path, summary, parameters, query, body, answer, refusals = {}, run } = spec
  return {
    ...{ method, path, summary, parameters, query, body, answer },
    refusals: { 400: 'the request is wrong', ...refusals },
    async handle(request) {
      return run({
        parameters: checked(parameters, request.parameters, 'the path'),
        query: checked(query, request.query, 'the query string'),
        body: checked(body, request.body, 'the body'),
      })
    },
  }
}

function checked<Schema extends z.ZodType>(schema: Schema, value: unknown, what: string): z.output<Schema> {
  const found = schema.safeParse(value)
  if (found.success) return found.data
  const problem = found.error.issues.map(({ path, message }) => `${path.join('.') || what}: ${message}`)
  throw new Refused(400, problem.join('; '))
}
