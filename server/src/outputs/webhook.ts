import { createHmac } from 'node:crypto'
import { WeirError } from '../errors.ts'
import { HttpExchange } from './http-exchange.ts'
import { notConfigured } from './not-configured.ts'
import type { Delivery, DeliveryIo, Destination, Notification } from './notification.ts'
import { webhookBody } from './webhook-body.ts'

export interface WebhookOptions {
  /** How alerts, logs and metrics call it. Default `webhook`. */
  readonly name?: string
  /** Where to POST. Where it is `undefined` or empty, as an environment variable that is not set, the messages go to the log. */
  readonly url: string | undefined
  /** What requests are signed with. Default: they are not signed. */
  readonly secret?: string
  /** Further headers, such as `authorization`. */
  readonly headers?: Readonly<Record<string, string>>
  /** Seconds from one request to the next, at least. Default 0. */
  readonly pace?: number
  /** How many messages may wait before they are folded. Default: none is ever folded. */
  readonly budget?: number
}

/**
 * Any program that takes JSON over HTTP: each notification is a POST of a `WebhookBody`, in order.
 *
 * The header `idempotency-key` is the same in each attempt to deliver a message. With a `secret`, the header
 * `weir-signature` is `t=<Unix seconds>,v1=<hex of HMAC-SHA256 with the secret over "<t>.<body>">`. Whoever knows the
 * address may be able to post: of it only the host is logged. Throws WEIR_CONFIG_INVALID where the address is none of
 * http or https, a header cannot be sent, or the secret is empty.
 *
 *     export const pager = webhook({ name: 'pager', url: process.env.PAGER_URL, secret: process.env.PAGER_SECRET ?? '' })
 */
export function webhook(options: WebhookOptions): Destination {
  const { name = 'webhook', secret, headers = {} } = options
  const invalid = (field: string, problem: string) =>
    new WeirError('WEIR_CONFIG_INVALID', { file: `webhook '${name}' ${field}`, problem })
  const address = (options.url ?? '').trim()
  if (address === '') return notConfigured('webhook', name, 'url')
  if (secret === '') throw invalid('secret', 'is empty; leave it out to send without a signature')
  if (!areHeaders(headers)) throw invalid('headers', 'has a name or value that HTTP does not allow')
  const url = URL.parse(address)
  if (url === null || !/^https?:$/.test(url.protocol)) throw invalid('url', 'not an address of https')
  if (url.username !== '' || url.password !== '') {
    throw invalid('url', 'has a name or password in it; send them in headers: authorization')
  }
  const signed = secret === undefined ? 'not signed' : 'signed'
  return {
    kind: 'webhook',
    name,
    describe: `POST to ${url.host}, ${signed}`,
    ...(options.pace === undefined ? {} : { pace: options.pace }),
    ...(options.budget === undefined ? {} : { budget: options.budget }),
    deliver: (notification, io) => post({ url, secret, headers }, notification, io),
    preview: (notification) => JSON.stringify(webhookBody(notification), undefined, 2),
  }
}

/** The value of the header `weir-signature` for this body, sent at this Unix time in seconds. */
export function webhookSignature(secret: string, seconds: number, body: string): string {
  const hmac = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')
  return `t=${seconds},v1=${hmac}`
}

interface Target {
  readonly url: URL
  readonly secret: string | undefined
  readonly headers: Readonly<Record<string, string>>
}

async function post(target: Target, notification: Notification, io: DeliveryIo): Promise<Delivery> {
  const { url, secret, headers } = target
  const { href, pathname, search } = url
  const secrets = [href, `${pathname}${search}`, search, ...Object.values(headers)]
  const http = new HttpExchange(io, { secrets: secrets.filter((each) => each.length > 1) })
  const body = JSON.stringify(webhookBody(notification))
  const now = Math.floor(io.now() / 1_000_000)
  try {
    await http.fetch(url, {
      method: 'POST',
      headers: {
        ...Object.fromEntries(new Headers(headers)),
        'content-type': 'application/json',
        'user-agent': 'weir',
        'idempotency-key': encodeURI(notification.id),
        ...(secret === undefined ? {} : { 'weir-signature': webhookSignature(secret, now, body) }),
      },
      body,
    })
  } catch (thrown) {
    return http.outcome(thrown)
  }
  return http.outcome()
}

function areHeaders(headers: Readonly<Record<string, string>>): boolean {
  try {
    new Headers(headers)
    return true
  } catch {
    return false
  }
}
