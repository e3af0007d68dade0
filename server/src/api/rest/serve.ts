import type { FastifyPluginAsync } from 'fastify'
import { type Endpoint, Refused } from './endpoint.ts'

/** The largest body, in bytes. */
const BODY_BYTES = 64 * 1024

/** Serves these endpoints: JSON in, JSON out, `{ "error": "…" }` with what is refused. */
export const serveEndpoints: FastifyPluginAsync<{ readonly endpoints: readonly Endpoint[] }> = async (
  app,
  { endpoints },
) => {
  for (const { method, path, handle } of endpoints) {
    app.route({
      method,
      url: path.replace(/\{(\w+)\}/g, ':$1'),
      bodyLimit: BODY_BYTES,
      exposeHeadRoute: false,
      handler: async ({ params: parameters, query, body }, reply) => {
        try {
          // A GET has no body at all; a POST without one has null.
          return reply.send(
            await handle({ parameters, query: { ...Object(query) }, body: body ?? undefined }),
          )
        } catch (error) {
          if (!(error instanceof Refused)) throw error
          return reply.code(error.status).send({ error: error.message })
        }
      },
    })
  }
}
