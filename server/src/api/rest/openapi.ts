import type { z } from 'zod'
import { ELSEWHERE } from './elsewhere.ts'
import { type Endpoint, NOTHING, refusalSchema } from './endpoint.ts'
import { jsonSchema } from './json-schema.ts'

type Json = Readonly<Record<string, unknown>>

/** The document about the hub's HTTP interface, after OpenAPI 3.1; made of what checks the requests. */
export function openApi(endpoints: readonly Endpoint[], version: string): Json {
  const paths: Record<string, Record<string, unknown>> = {}
  const put = (path: string, method: string, operation: Json) => {
    paths[path] = { ...paths[path], [method.toLowerCase()]: operation }
  }
  for (const each of endpoints) put(each.path, each.method, operationOf(each))
  for (const { path, method, operation } of ELSEWHERE) put(path, method, operation)
  return {
    openapi: '3.1.0',
    info: {
      title: 'Weir',
      version,
      description:
        'Times are microseconds since the epoch unless they say otherwise. What is refused is answered with {"error": "…"}. The listener for what comes through a proxy asks for the token of the hub.',
    },
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        basic: { type: 'http', scheme: 'basic', description: 'the token as password' },
      },
    },
    security: [{}, { bearer: [] }, { basic: [] }],
  }
}

function operationOf({ method, path, summary, parameters, query, body, answer, refusals }: Endpoint): Json {
  const all = [...parametersOf(parameters, 'path'), ...parametersOf(query, 'query')]
  const refusal = jsonBody(refusalSchema, 'output')
  return {
    summary,
    operationId: `${method.toLowerCase()} ${path}`.replace(/\W+(\w)?/g, (_, letter = '') =>
      letter.toUpperCase(),
    ),
    ...(all.length === 0 ? {} : { parameters: all }),
    ...(body === NOTHING.body ? {} : { requestBody: { required: true, ...jsonBody(body, 'input') } }),
    responses: {
      200: { description: 'done', ...jsonBody(answer, 'output') },
      ...Object.fromEntries(
        Object.entries(refusals).map(([status, description]) => [status, { description, ...refusal }]),
      ),
    },
  }
}

function parametersOf(schema: z.ZodObject, where: 'path' | 'query'): readonly Json[] {
  const { properties = {}, required = [] } = jsonSchema(schema, 'input')
  return Object.entries(Object(properties)).map(([name, own]) => ({
    name,
    in: where,
    required: Array.isArray(required) && required.includes(name),
    schema: own,
  }))
}

function jsonBody(schema: z.ZodType, io: 'input' | 'output'): Json {
  return { content: { 'application/json': { schema: jsonSchema(schema, io) } } }
}
