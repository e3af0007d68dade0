import { createMeters, type Meters } from './meters.ts'
import { requestMeters } from './requests.ts'
import type { Sender } from './sender.ts'

export interface FastifyOptions {
  /** Reports through meters of its own, which end with the server. */
  readonly client?: Sender | undefined
  /** Reports through these instead. */
  readonly meters?: Meters | undefined
  /** What the services begin with. Default: `http`. */
  readonly prefix?: string | undefined
}

/** As much of a Fastify server as is needed; so this package needs none. */
interface App {
  addHook(name: 'onResponse', hook: (request: Request, reply: Reply, done: () => void) => void): unknown
  addHook(name: 'onClose', hook: (app: never, done: () => void) => void): unknown
}

interface Request {
  readonly method: string
  readonly routeOptions: { readonly url?: string | undefined }
}

interface Reply {
  readonly statusCode: number
  /** Milliseconds. */
  readonly elapsedTime: number
}

/**
 * A Fastify plugin that measures all requests of the server: rate, errors and latency, per route.
 *
 * @example
 * await app.register(weirFastify, { client })
 */
export function weirFastify(app: App, options: FastifyOptions, done: (error?: Error) => void): void {
  const { client, prefix = 'http' } = options
  const meters = options.meters ?? (client && createMeters(client))
  if (meters === undefined) {
    done(new TypeError('weir-client/fastify needs a client or meters: app.register(weirFastify, { client })'))
    return
  }
  const requests = requestMeters(meters, prefix)
  app.addHook('onResponse', ({ method, routeOptions }, { statusCode, elapsedTime }, next) => {
    const route = routeOptions.url === undefined ? undefined : `${method} ${routeOptions.url}`
    requests.answered(route, statusCode, elapsedTime / 1000)
    next()
  })
  if (options.meters === undefined) {
    app.addHook('onClose', (_, next) => {
      meters.close()
      next()
    })
  }
  done()
}

// Its hooks are for the whole server, not for what is registered beside it: what fastify-plugin does.
Object.assign(weirFastify, {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'weir',
})

export default weirFastify
