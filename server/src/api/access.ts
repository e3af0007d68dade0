import { timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { isLoopback } from '../address.ts'

/** Why a request is not answered; bounded, it labels a metric. */
export type Refusal = 'foreign-host' | 'foreign-origin' | 'no-token'

/**
 * Whether a request may be answered: `undefined`, or why not.
 *
 * Without a token, the listener is on loopback, and the request has to be meant for it: its `Host` is a loopback name,
 * so that a foreign page whose name was pointed at this machine (DNS rebinding) gets nothing. With one, the request has
 * to carry it. Either way its `Origin`, if any, is this hub's own, so that a foreign page cannot post.
 */
export function refusalOf(headers: IncomingHttpHeaders, token: string | undefined): Refusal | undefined {
  const { host, origin, authorization } = headers
  if (token === undefined && !isLoopbackName(host)) return 'foreign-host'
  if (token !== undefined && !hasToken(authorization, token)) return 'no-token'
  return isSameOrigin(host, origin) ? undefined : 'foreign-origin'
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

/** Whether the request carries the token: `Authorization: Bearer TOKEN`, or basic authentication with it as password. */
function hasToken(authorization: string | undefined, token: string): boolean {
  if (authorization === undefined) return false
  const bearer = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
  if (bearer !== undefined) return sameText(bearer, token)
  const basic = /^Basic +(\S+)$/i.exec(authorization)?.[1]
  if (basic === undefined) return false
  const pair = Buffer.from(basic, 'base64').toString('utf8')
  return sameText(pair.slice(pair.indexOf(':') + 1), token)
}

/** Takes the same time whatever differs; lengths are not secret. */
function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a)
  const right = Buffer.from(b)
  return left.length === right.length && timingSafeEqual(left, right)
}
