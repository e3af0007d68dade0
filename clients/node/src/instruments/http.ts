import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Meters } from './meters.ts'
import { requestMeters } from './requests.ts'

export interface HttpOptions {
  /** What the services begin with. Default: `http`. */
  readonly prefix?: string | undefined
  /**
   * The route of a request, asked when it is answered: as it is declared, `/orders/:id`, not its address, of which there
   * are too many. Default: what Express knows; without Express all requests are one route.
   */
  readonly route?: ((request: IncomingMessage) => string | undefined) | undefined
}

/**
 * Measures the requests of an Express application or a server of `node:http`: rate, errors and latency, per route.
 *
 * @example
 * app.use(measureHttp(meters)) // Express: before the routes
 * server.on('request', measureHttp(meters, { route: ({ url }) => (url === '/' ? '/' : undefined) }))
 */
export function measureHttp(
  meters: Meters,
  { prefix = 'http', route = expressRoute }: HttpOptions = {},
): (request: IncomingMessage, response: ServerResponse, next?: () => void) => void {
  const requests = requestMeters(meters, prefix)
  return (request, response, next) => {
    const began = meters.stopwatch()
    // After the answer, or when the other side has gone before it.
    response.once('close', () => {
      const path = route(request)
      const declared = path === undefined ? undefined : `${request.method ?? 'GET'} ${path}`
      requests.answered(declared, response.statusCode, meters.stopwatch() - began)
    })
    next?.()
  }
}

/** What Express notes at the request. */
function expressRoute(
  request: IncomingMessage & { baseUrl?: unknown; route?: { path?: unknown } },
): string | undefined {
  const path = request.route?.path
  if (typeof path !== 'string') return undefined
  return `${typeof request.baseUrl === 'string' ? request.baseUrl : ''}${path}`
}
