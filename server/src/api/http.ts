import { existsSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import fastifyStatic from '@fastify/static'
import fastify, { type FastifyInstance } from 'fastify'
import type { Registry } from 'prom-client'
import { messageOf } from '../errors.ts'
import type { Hub } from '../hub.ts'
import type { CollectdOptions } from '../ingest/collectd.ts'
import { httpRoutes } from '../ingest/http-routes.ts'
import { type Refusal, refusalOf, scopeOf } from './access.ts'
import type { AcknowledgeLinks } from './acknowledging/links.ts'
import { acknowledging } from './acknowledging/routes.ts'
import { eventsSocket } from './events-socket.ts'
import { Failures } from './failures.ts'
import type { HubView } from './frames.ts'
import type { Keyring } from './keyring.ts'
import type { Live } from './live.ts'
import { loginRoutes } from './login.ts'
import type { Operated } from './operated.ts'
import { endpointsOf } from './rest/endpoints.ts'
import { openApi } from './rest/openapi.ts'
import { serveEndpoints } from './rest/serve.ts'
import { sseRoutes } from './subscriptions/sse.ts'
import type { Subscriptions } from './subscriptions/subscriptions.ts'
import { type SubscribingOptions, subscribing } from './subscriptions/websocket.ts'
import { answerUnread } from './unread.ts'
import { routeUpgrades } from './upgrades.ts'

/** A request has to arrive within this time, so that slow senders do not hold connections. */
const REQUEST_TIMEOUT_MS = 30_000
const CONNECTIONS = 12_000

export interface HttpOptions {
  readonly hub: Hub
  /** What the REST endpoints act on. */
  readonly operated: Operated
  readonly live: Live
  readonly subscriptions: Subscriptions
  readonly metrics: Registry
  readonly view: () => HubView
  /** The links in messages that acknowledge alerts. */
  readonly links: AcknowledgeLinks
  /** The folder of the built page. */
  readonly page: string
  /** How the collectds that post here are configured. */
  readonly collectd: CollectdOptions
  /**
   * Who may ask. `undefined`: whoever reaches a loopback listener under a loopback name. Keys: whoever carries a token
   * that permits it; for what comes through a proxy or stunnel, or to an address that others reach.
   */
  readonly keys?: Keyring
}

/** The HTTP listener's application: page, `/live`, the REST
 * endpoints, subscriptions, inputs, `/healthz`, `/metrics`. */
export async function httpApi(options: HttpOptions): Promise<FastifyInstance> {
  const { hub, live, metrics, subscriptions, keys } = options
  const app = fastify({
    logger: false,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // A stop must not wait for pages that keep their connection open.
    forceCloseConnections: true,
    clientErrorHandler: (error, socket) =>
      answerUnread(error, socket, (reason) => hub.rejected('http', reason)),
    // Requests are checked by zod: without these, fastify loads a hundred modules to check them itself.
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    http: {
      // Some programs offer to go on in HTTP/2 (`Upgrade: h2c`), and are content when nobody takes it up.
      shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
    },
  })
  app.server.maxConnections = CONNECTIONS
  app.server.on('drop', () => hub.rejected('http', 'too-many-connections'))
  // One connection that the system does not hand over, such as for want of file descriptors, must not end the hub.
  app.server.on('error', () => {
    if (app.server.listening) hub.rejected('http', 'accept-failed')
  })
  const failures = new Failures(() => hub.now())
  const refused = ({ method = '', url = '', headers }: IncomingMessage): Refusal | undefined => {
    const [path = ''] = url.split('?')
    const reason = refusalOf({ method, path, headers }, keys)
    if (reason !== undefined) hub.rejected('http', reason)
    return reason
  }

  app.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    })
    const { host, origin } = request.headers
    switch (refused(request.raw)) {
      case undefined:
        return
      case 'no-token': {
        const { authorization, cookie, accept = '' } = request.headers
        const wait = authorization === undefined && cookie === undefined ? 0 : failures.failed()
        if (wait > 0)
          return reply
            .code(429)
            .header('retry-after', wait)
            .send({ error: `too many wrong tokens; try again in ${wait} s` })
        if (request.method === 'GET' && accept.includes('text/html')) return reply.redirect('/login')
        return reply.code(401).header('www-authenticate', 'Basic realm="weir"').send({
          error:
            "needs a token of this hub: 'Authorization: Bearer TOKEN', or as the password of basic authentication; weir token makes one",
        })
      }
      case 'no-scope': {
        const [path = ''] = request.url.split('?')
        const scope = scopeOf({ method: request.method, path, headers: request.headers })
        return reply.code(403).send({
          error: `this token does not permit it: ${request.method} ${path} needs the scope '${scope}'`,
        })
      }
      case 'foreign-host':
        return reply.code(403).send({
          error: `this listener answers requests of this machine, by the name localhost or 127.0.0.1; this one came for '${host ?? ''}'`,
        })
      case 'foreign-origin':
        return reply
          .code(403)
          .send({ error: `this hub answers its own page and programs; this came from a page of '${origin}'` })
    }
  })
  app.setNotFoundHandler(({ method, url }, reply) =>
    reply.code(404).send({ error: `there is no ${method} ${url.split('?')[0]} here` }),
  )
  app.setErrorHandler((error, _, reply) => {
    const status =
      typeof error === 'object' &&
      error !== null &&
      'statusCode' in error &&
      typeof error.statusCode === 'number'
        ? error.statusCode
        : 500
    return reply.code(status).send({ error: messageOf(error) })
  })

  app.get('/healthz', async () => ({
    status: options.hub.degraded === undefined ? 'ok' : 'degraded',
    ...options.view(),
  }))
  app.get('/metrics', async (_, reply) => reply.type(metrics.contentType).send(await metrics.metrics()))
  const endpoints = endpointsOf(options.operated)
  let document: ReturnType<typeof openApi> | undefined
  app.get('/api/openapi.json', async () => {
    document ??= openApi(endpoints, options.view().version)
    return document
  })
  await app.register(serveEndpoints, { endpoints })
  const toSubscribe: SubscribingOptions = {
    subscriptions,
    index: hub.fold.index,
    rejected: (reason) => hub.rejected('http', reason),
  }
  if (keys !== undefined)
    await app.register(loginRoutes, { keys, failures, refused: () => hub.rejected('http', 'no-token') })
  await app.register(sseRoutes, toSubscribe)
  await app.register(acknowledging, { hub, links: options.links, outbox: options.operated.outbox })
  await app.register(httpRoutes, { intake: hub, collectd: options.collectd })
  if (existsSync(options.page)) await app.register(fastifyStatic, { root: options.page })
  else
    app.get('/', async (_, reply) =>
      reply
        .code(503)
        .send({ error: `the page is not built: ${options.page} is missing; run npm run build -w dashboard` }),
    )
  const subscribe = subscribing(toSubscribe)
  const takeEvents = eventsSocket(hub)
  routeUpgrades(
    app.server,
    (request) => refused(request) === undefined,
    (path) => {
      if (path === '/live') return live.upgrade
      if (path === '/events') return takeEvents
      return path === '/index' || /^\/pubsub\/[^/]+$/.test(path) ? subscribe : undefined
    },
  )
  return app
}

function noSchemas(): never {
  throw new Error('routes have no schemas of fastify')
}
