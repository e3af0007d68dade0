import { isIP } from 'node:net'
import { createTransport } from 'nodemailer'
import { messageOf, WeirError } from '../errors.ts'
import { emailMessage } from './email-message.ts'
import { notConfigured } from './not-configured.ts'
import type { Delivery, DeliveryIo, Destination, Notification } from './notification.ts'
import { oneLine } from './plain-text.ts'

export interface EmailOptions {
  /** How alerts, logs and metrics call it. Default `email`. */
  readonly name?: string
  /** One address, or several that are all told in one email. */
  readonly to: string | readonly string[]
  /** The sender: `weir@example.org` or `Weir <weir@example.org>`. */
  readonly from: string
  /** The mail server: `smtp://host:25`, `smtps://user:password@host:465`. It may hold a secret, so better left in the environment. */
  readonly smtp?: string | undefined
  /** The environment variable that holds the mail server where `smtp` is not given. Default `WEIR_SMTP_URL`. */
  readonly variable?: string
  readonly tls?: {
    /** Refuse to go on without TLS. Default: where there is a password and the server is not on this machine. Otherwise TLS is used where it is offered. */
    readonly required?: boolean
    /** Check the server's certificate. Default true. */
    readonly verify?: boolean
    /** Authorities to trust in place of the usual ones, as PEM. */
    readonly ca?: string
  }
  /** Seconds from one email to the next, at least. Default 1. */
  readonly pace?: number
  /** How many messages may wait before they are folded. Default 20. */
  readonly budget?: number
  /** Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

const PACE = 1
const BUDGET = 20
/** For connecting, the greeting and each answer; the whole attempt has its own limit. */
const TIMEOUT_MS = 10_000
const ADDRESS = /^[^\s<>@,;:"]+@([^\s<>@,;:"]+)$/

/**
 * Email, by an SMTP server: text and HTML, the messages about an incident as one thread. Without a server the messages
 * go to the log, marked as not sent.
 *
 * Throws WEIR_CONFIG_INVALID where an address or the server's is none. User and password are never logged.
 *
 *     export const oncall = email({ name: 'oncall', to: 'oncall@example.org', from: 'Weir <weir@example.org>' })   // WEIR_SMTP_URL
 */
export function email(options: EmailOptions): Destination {
  const { name = 'email', variable = 'WEIR_SMTP_URL', env = process.env, from } = options
  const to = typeof options.to === 'string' ? [options.to] : options.to
  const invalid = (field: string, problem: string) =>
    new WeirError('WEIR_CONFIG_INVALID', { file: `email '${name}' ${field}`, problem })
  const domain = domainOf(from)
  if (domain === undefined) throw invalid('from', 'not an address, like Weir <weir@example.org>')
  if (to.length === 0 || to.some((each) => domainOf(each) === undefined)) {
    throw invalid('to', 'not an address, like oncall@example.org')
  }
  const address = (options.smtp ?? env[variable] ?? '').trim()
  const preview: NonNullable<Destination['preview']> = (notification, acknowledgeLink) => {
    const { subject, text } = emailMessage(notification, domain, undefined, acknowledgeLink)
    return `From: ${from}\nTo: ${to.join(', ')}\nSubject: ${subject}\n\n${text}`
  }
  if (address === '') return notConfigured('email', name, variable, preview)
  const url = URL.parse(address)
  if (url === null || !/^smtps?:$/.test(url.protocol) || url.hostname === '') {
    throw new WeirError('WEIR_CONFIG_INVALID', {
      file: options.smtp === undefined ? variable : `email '${name}' smtp`,
      problem: 'not a mail server, like smtp://mail.example.org:25 or smtps://user:password@mail.example.org',
    })
  }
  const login = loginOf(url)
  if (login === undefined) throw invalid('smtp', 'has a % in its user or password that is not written %25')
  const target = { url, login, to, from, domain, tls: options.tls ?? {} }
  return {
    kind: 'email',
    name,
    describe: `email to ${to.join(', ')}, by ${url.host}`,
    pace: options.pace ?? PACE,
    budget: options.budget ?? BUDGET,
    deliver: (notification, io) => send(target, notification, io),
    preview,
  }
}

interface Login {
  readonly user: string
  readonly pass: string
}

interface Target {
  readonly url: URL
  readonly login: Login
  readonly to: readonly string[]
  readonly from: string
  readonly domain: string
  readonly tls: NonNullable<EmailOptions['tls']>
}

async function send(target: Target, notification: Notification, io: DeliveryIo): Promise<Delivery> {
  const { to, from, domain } = target
  const { messageId, references, urgent, ...content } = emailMessage(
    notification,
    domain,
    io.now(),
    io.acknowledgeLink,
  )
  try {
    const { accepted, rejected, rejectedErrors } = await transport(target).sendMail({
      ...content,
      from,
      to: [...to],
      date: new Date(io.now() / 1000),
      messageId,
      ...(references.length === 0 ? {} : { references: [...references], inReplyTo: references[0] ?? '' }),
      headers: { 'auto-submitted': 'auto-generated', 'x-auto-response-suppress': 'All' },
      ...(urgent ? { priority: 'high' } : {}),
      disableFileAccess: true,
      disableUrlAccess: true,
      signal: io.signal,
    })
    if (rejected.length > 0) {
      const why = (rejectedErrors ?? []).map((error) => oneLine(messageOf(error), 200)).join('; ')
      io.log(`sent to ${accepted.length} of ${to.length}; refused for ${rejected.join(', ')}: ${why}`)
    }
    return { kind: 'sent' }
  } catch (thrown) {
    if (io.signal.aborted) return { kind: 'retry', reason: messageOf(io.signal.reason) }
    return deliveryOf(thrown)
  }
}

function transport({ url, login, tls }: Target) {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const { required = login.pass !== '' && !isLoopback(host), verify = true, ca } = tls
  const secure = url.protocol === 'smtps:'
  return createTransport({
    host,
    port: url.port === '' ? (secure ? 465 : 25) : Number(url.port),
    secure,
    requireTLS: required && !secure,
    tls: { rejectUnauthorized: verify, ...(ca === undefined ? {} : { ca }) },
    ...(login.user === '' ? {} : { auth: { ...login }, forceAuth: true }),
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    dnsTimeout: TIMEOUT_MS,
    logger: false,
  })
}

/**
 * What an error of the mail server means:
 *
 * | | |
 * |---|---|
 * | 4xx, no connection, no answer, no TLS | retry |
 * | 5xx to the message itself, or 552, too large | dead |
 * | any other 5xx (login, sender, recipient), no way to log in | pause: the destination is broken |
 */
function deliveryOf(thrown: unknown): Delivery {
  const reason = oneLine(messageOf(thrown), 200)
  const { code, command, responseCode } = detailsOf(thrown)
  if (responseCode !== undefined && responseCode >= 500) {
    return { kind: command === 'DATA' || responseCode === 552 ? 'dead' : 'pause', reason }
  }
  if (responseCode !== undefined) return { kind: 'retry', reason }
  const broken = code === 'EAUTH' || code === 'ENOAUTH' || code === 'EENVELOPE'
  return { kind: broken ? 'pause' : 'retry', reason }
}

function detailsOf(thrown: unknown): { code?: string; command?: string; responseCode?: number } {
  if (typeof thrown !== 'object' || thrown === null) return {}
  return {
    ...('code' in thrown && typeof thrown.code === 'string' ? { code: thrown.code } : {}),
    ...('command' in thrown && typeof thrown.command === 'string' ? { command: thrown.command } : {}),
    ...('responseCode' in thrown && typeof thrown.responseCode === 'number'
      ? { responseCode: thrown.responseCode }
      : {}),
  }
}

function loginOf({ username, password }: URL): Login | undefined {
  try {
    return { user: decodeURIComponent(username), pass: decodeURIComponent(password) }
  } catch {
    return undefined
  }
}

/** The domain of an address, with or without a name before it; undefined where it is none. */
function domainOf(address: string): string | undefined {
  if (/[\r\n]/.test(address)) return undefined
  const bare = address.match(/^[^<>]*<([^<>]+)>$/)?.[1] ?? address
  return bare.trim().match(ADDRESS)?.[1]
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}
