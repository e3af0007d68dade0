import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { createSecureContext, type SecureContext } from 'node:tls'
import { BACKOFF, type Backoff } from './backoff.ts'
import type { BatchLimits } from './batch.ts'
import { type Clock, machineClock } from './clock.ts'
import { ClientError } from './errors.ts'
import type { QueueLimits } from './queue.ts'

/** What TLS needs; texts are PEM, not paths. */
export interface TlsOptions {
  /** The authority that signed the hub's certificate. Default: those that Node trusts. */
  readonly ca?: string | Uint8Array | undefined
  /** The client's certificate. */
  readonly cert?: string | Uint8Array | undefined
  /** Its key. */
  readonly key?: string | Uint8Array | undefined
  /** The name that the hub's certificate must have. Default: `host`. */
  readonly servername?: string | undefined
}

export interface ClientOptions {
  /** The hub's address or name. Default: `127.0.0.1`. */
  readonly host?: string | undefined
  /** Default: 5555; 5554 with TLS. */
  readonly port?: number | undefined
  /** `tcp` and `tls` answer each message; `udp` is fire and forget, up to 16 KiB a message. Default: `tcp`, or `tls` where `tls` is given. */
  readonly transport?: 'tcp' | 'tls' | 'udp' | undefined
  readonly tls?: TlsOptions | undefined
  /**
   * Milliseconds to wait for the connection, and for the hub to answer anything while messages are outstanding; after
   * that the connection counts as lost. Also how long a query, `flush` and `close` wait. Default: 5000.
   */
  readonly timeoutMs?: number | undefined
  /** How to come back after a lost connection; false: it stays lost. Default: true, after 0.1 to 10 seconds. */
  readonly reconnect?: boolean | Partial<Backoff> | undefined
  /** Puts the events of several `send` into one message; true: up to 500 or 10 ms. Default: false. */
  readonly batch?: boolean | Partial<BatchLimits> | undefined
  /** What is kept while it can't be sent, or is not answered. Default: 100,000 events or 32 MiB, dropping the oldest. */
  readonly queue?: Partial<QueueLimits> | undefined
  /** The host of events that name none. Default: the machine's name. */
  readonly eventHost?: string | undefined
  /** Told of what goes wrong, once per kind of trouble until it is over. Default: nobody. */
  readonly onProblem?: ((error: ClientError) => void) | undefined
  /** Where the hub's page and subscriptions are; `https:` takes `tls` too. Default: `http://HOST:5556`. */
  readonly http?: string | undefined
  /** What `subscribe` shows a hub that asks for a token. */
  readonly token?: string | undefined
  /** Default: the machine's clock. */
  readonly clock?: Clock | undefined
  /** From 0 to below 1. Default: `Math.random`. */
  readonly random?: (() => number) | undefined
}

/** TLS, ready to be used. */
export interface Secure {
  readonly secureContext: SecureContext
  readonly servername?: string
}

/** The options with all defaults. */
export interface Settings {
  readonly host: string
  readonly port: number
  readonly transport: 'tcp' | 'tls' | 'udp'
  readonly tls: Secure | undefined
  readonly timeoutMs: number
  readonly reconnect: Backoff | undefined
  readonly batch: BatchLimits | undefined
  readonly queue: QueueLimits
  readonly eventHost: string
  readonly onProblem: (error: ClientError) => void
  readonly http: string
  readonly token: string | undefined
  readonly clock: Clock
  readonly random: () => number
}

const QUEUE: QueueLimits = { events: 100_000, bytes: 32 * 1024 * 1024, full: 'drop-oldest' }
const BATCH: BatchLimits = { events: 500, ms: 10 }

/**
 * Checks the options and fills in what is left out.
 *
 * @throws {ClientError} `invalid-option`, naming it.
 */
export function settingsOf(options: ClientOptions): Settings {
  const { host = '127.0.0.1', transport = options.tls === undefined ? 'tcp' : 'tls' } = options
  if (!['tcp', 'tls', 'udp'].includes(transport))
    throw invalid('transport', transport, "'tcp', 'tls' or 'udp'")
  const queue = { ...QUEUE, ...options.queue }
  whole('queue.events', queue.events, 1)
  whole('queue.bytes', queue.bytes, 1)
  if (!['wait', 'drop-oldest', 'drop-newest'].includes(queue.full))
    throw invalid('queue.full', queue.full, "'wait', 'drop-oldest' or 'drop-newest'")
  return {
    host,
    port: whole('port', options.port ?? (transport === 'tls' ? 5554 : 5555), 1, 65_535),
    transport,
    tls: transport === 'tls' || options.tls ? secure(host, options.tls ?? {}) : undefined,
    timeoutMs: whole('timeoutMs', options.timeoutMs ?? 5000, 1, LONGEST_MS),
    reconnect: backoffOf(options.reconnect ?? true),
    batch: batchOf(options.batch ?? false),
    queue,
    eventHost: options.eventHost ?? hostname(),
    onProblem: options.onProblem ?? (() => {}),
    http: options.http ?? `http://${host.includes(':') ? `[${host}]` : host}:5556`,
    token: options.token,
    clock: options.clock ?? machineClock,
    random: options.random ?? Math.random,
  }
}

function secure(host: string, { ca, cert, key, servername }: TlsOptions): Secure {
  try {
    // OpenSSL takes any text for a list of authorities, of none.
    if (ca !== undefined) new X509Certificate(ca)
    const secureContext = createSecureContext({
      ...(ca === undefined ? {} : { ca: Buffer.from(ca) }),
      ...(cert === undefined ? {} : { cert: Buffer.from(cert) }),
      ...(key === undefined ? {} : { key: Buffer.from(key) }),
    })
    // An address is no name to ask for.
    const name = servername ?? (isIP(host) === 0 ? host : undefined)
    return name === undefined ? { secureContext } : { secureContext, servername: name }
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown)
    throw new ClientError('invalid-option', `tls: ca, cert and key are PEM texts: ${why}`, { cause: thrown })
  }
}

/** What a timer of Node can wait. */
const LONGEST_MS = 2 ** 31 - 1

function backoffOf(reconnect: boolean | Partial<Backoff>): Backoff | undefined {
  if (reconnect === false) return undefined
  const backoff = { ...BACKOFF, ...(reconnect === true ? {} : reconnect) }
  whole('reconnect.minMs', backoff.minMs, 1, LONGEST_MS)
  whole('reconnect.maxMs', backoff.maxMs, backoff.minMs, LONGEST_MS)
  return backoff
}

function batchOf(batch: boolean | Partial<BatchLimits>): BatchLimits | undefined {
  if (batch === false) return undefined
  const limits = { ...BATCH, ...(batch === true ? {} : batch) }
  whole('batch.events', limits.events, 1, 100_000)
  whole('batch.ms', limits.ms, 0, LONGEST_MS)
  return limits
}

function whole(name: string, value: number, min: number, max = Number.MAX_SAFE_INTEGER): number {
  if (!Number.isInteger(value) || value < min || value > max)
    throw invalid(
      name,
      value,
      max === Number.MAX_SAFE_INTEGER ? `an integer of at least ${min}` : `an integer from ${min} to ${max}`,
    )
  return value
}

function invalid(name: string, value: unknown, right: string): ClientError {
  return new ClientError('invalid-option', `${name}: ${JSON.stringify(value) ?? value} is not ${right}`)
}
