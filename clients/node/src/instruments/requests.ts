import type { Counter, Durations, Meters } from './meters.ts'

/** Measures what a server answers, for all requests and for each route. */
export interface RequestMeters {
  /**
   * @param route As it is declared, such as `GET /orders/:id`; undefined where no route matched.
   * @param status Of the answer; 500 and above count as errors.
   */
  answered(route: string | undefined, status: number, seconds: number): void
}

interface Measures {
  readonly rate: Counter
  readonly errors: Counter
  readonly latency: Durations
}

/**
 * `PREFIX/rate`, `PREFIX/errors` (both a second) and `PREFIX/latency/p50`, `p95`, `p99` and `max` (seconds), and the
 * same below `PREFIX/ROUTE` for each route.
 */
export function requestMeters(meters: Meters, prefix: string): RequestMeters {
  const measures = (path: string): Measures => ({
    rate: meters.rate(`${path}/rate`),
    errors: meters.rate(`${path}/errors`),
    latency: meters.durations(`${path}/latency`),
  })
  const all = measures(prefix)
  const routes = new Map<string, Measures>()
  const record = ({ rate, errors, latency }: Measures, status: number, seconds: number) => {
    rate.add()
    if (status >= 500) errors.add()
    latency.record(seconds)
  }
  return {
    answered(route = UNMATCHED, status, seconds) {
      let own = routes.get(route)
      if (own === undefined && routes.size < MAX_ROUTES) {
        own = measures(`${prefix}/${route}`)
        routes.set(route, own)
      }
      record(all, status, seconds)
      if (own !== undefined) record(own, status, seconds)
    },
  }
}

const UNMATCHED = 'unmatched'
/** As many as a server declares; who names routes by their addresses has no more measured. */
const MAX_ROUTES = 300
