import { WeirError } from '../errors.ts'
import { HttpExchange } from './http-exchange.ts'
import type { Destination } from './notification.ts'
import { lineOf } from './wording.ts'

export interface HeartbeatOptions {
  /** How logs and metrics call it. Default `heartbeat`. */
  readonly name?: string
  /** The address to ask for. Default: what WEIR_HEARTBEAT_URL says; where that is not set or empty, nothing is asked. */
  readonly url?: string | undefined
}

const kind = { kind: 'heartbeat', routine: true } as const

/**
 * A watcher of this hub, outside of it (healthchecks.io, Uptime Kuma, another hub …): a GET for each message of
 * `ping()`. It calls out when nothing comes any more.
 *
 * While it can't be reached, the pings that wait become one. The log tells when it can't be reached and when it works again,
 * not of each ping. Whoever knows the address may be able to ping: of it only the host is logged. Throws WEIR_CONFIG_INVALID where the address is none of http or https.
 *
 *     export const lifeline = heartbeat()
 */
export function heartbeat(options: HeartbeatOptions = {}): Destination {
  const { name = 'heartbeat' } = options
  const address = (options.url ?? process.env.WEIR_HEARTBEAT_URL ?? '').trim()
  if (address === '') {
    return {
      ...kind,
      name,
      describe: 'not configured: WEIR_HEARTBEAT_URL is not set; nobody outside hears that this hub lives',
      deliver: async () => ({ kind: 'sent' }),
      preview: lineOf,
    }
  }
  const url = URL.parse(address)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    const problem = 'is not an address of https'
    throw new WeirError('WEIR_CONFIG_INVALID', { file: `heartbeat '${name}' url`, problem })
  }
  const { href, pathname, search } = url
  const secrets = [href, `${pathname}${search}`, search].filter((each) => each.length > 1)
  return {
    ...kind,
    name,
    describe: `GET of ${url.host}`,
    budget: 1,
    async deliver(_, io) {
      const http = new HttpExchange(io, { secrets })
      try {
        await http.fetch(url, { method: 'GET', headers: { 'user-agent': 'weir' } })
      } catch (thrown) {
        return http.outcome(thrown)
      }
      return http.outcome()
    },
    preview: lineOf,
  }
}
