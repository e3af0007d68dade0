import type { FastifyPluginAsync } from 'fastify'
import { WeirError } from '../../errors.ts'
import { SseReader } from './sse-reader.ts'
import { SUBSCRIPTION_LIMIT } from './subscriptions.ts'
import { wantedOf } from './wanted.ts'
import type { SubscribingOptions } from './websocket.ts'

/**
 * `GET /index` and `GET /pubsub/:topic` as server-sent events: `data: ` and an event in JSON, for each; a comment each
 * half minute. As Riemann's, `/index` goes on after what there is, unless `subscribe=false`. What is refused is
 * answered with 400 and the reason; beyond the limit of subscriptions with 503.
 */
export const sseRoutes: FastifyPluginAsync<SubscribingOptions> = async (
  app,
  { subscriptions, index, rejected },
) => {
  for (const url of ['/index', '/pubsub/:topic']) {
    app.get(url, { exposeHeadRoute: false }, async (request, reply) => {
      if (!subscriptions.open)
        return reply.code(503).send({ error: `there are ${SUBSCRIPTION_LIMIT} subscriptions already` })
      try {
        const wanted = wantedOf(request.url, index, true)
        reply.hijack()
        for (const [name, value] of Object.entries(reply.getHeaders())) {
          if (value !== undefined) reply.raw.setHeader(name, value)
        }
        reply.raw.setHeader('content-type', 'text/event-stream; charset=utf-8')
        reply.raw.setHeader('cache-control', 'no-cache')
        reply.raw.flushHeaders()
        reply.raw.on('error', () => {})
        reply.raw.on('close', subscriptions.add(wanted, new SseReader(reply.raw)))
      } catch (error) {
        if (!(error instanceof WeirError)) throw error
        rejected('bad-subscription')
        return reply.code(400).send({ error: error.message })
      }
    })
  }
}
