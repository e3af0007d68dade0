import type { IncomingHttpHeaders } from 'node:http'
import { isLoopback } from '../address.ts'
import type { Keyring } from './keyring.ts'
import type { Scope } from './tokens.ts'

/** Why a request is not answered; bounded, it labels a metric. */
export type Refusal = 'foreign-host' | 'foreign-origin' | 'no-token' | 'no-scope'

/** What is asked for. */
export interface Asked {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
}

/** Where tokens are handed in, and where a signed address stands for one; asking for these needs none. */
const OPEN = new Set(['/login', '/logout', '/acknowledge'])
/** Where events are sent. */
const INTAKE = new Set(['/events', '/collectd'])

/**
 * Whether a request may be answered: `undefined`, or why not.
 *
 * Without keys, the listener is on loopback, and the request has to be meant for it: its `Host` is a loopback name,
 * so that a foreign page whose name was pointed at this machine (DNS rebinding) gets nothing. With keys, the request has
 * to carry a token that permits it. Either way its `Origin`, if any, is this hub's own, so that a foreign page cannot
 * post.
 */
export function refusalOf(asked: Asked, keys: Keyring | undefined): Refusal | undefined {
  const { host, origin } = asked.headers
  if (keys === undefined && !isLoopbackName(host)) return 'foreign-host'
  if (keys !== undefined) {
    const scope = scopeOf(asked)
    const grant = scope === undefined ? undefined : keys.grant(asked.headers)
    if (scope !== undefined && grant === undefined) return 'no-token'
    if (scope !== undefined && grant?.scopes.includes(scope) !== true) return 'no-scope'
  }
  return isSameOrigin(host, origin) ? undefined : 'foreign-origin'
}

/** What a token has to permit for this; undefined where none is needed. */
export function scopeOf({ method, path, headers }: Asked): Scope | undefined {
  const at = path.replace(/(?<=.)\/+$/, '')
  if (OPEN.has(at)) return undefined
  const reads = method === 'GET' || method === 'HEAD'
  if (INTAKE.has(at)) return reads && headers.upgrade === undefined ? 'read' : 'write'
  return reads ? 'read' : 'operate'
}

/** Whether a `Host` header, with or without a port, names this machine. */
function isLoopbackName(host: string | undefined): boolean {
  if (host === undefined || !/^[\w.:[\]-]+$/.test(host) || !URL.canParse(`http://${host}`)) return false
  return isLoopback(new URL(`http://${host}`).hostname.replace(/^\[(.*)\]$/, '$1'))
}

/** Whether a browser sent the request from a page of this very host, or no browser did. */
function isSameOrigin(host: string | undefined, origin: string | undefined): boolean {
  if (origin === undefined) return true
  return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase()
}
