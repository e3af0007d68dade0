import { hostname } from 'node:os'
import { z } from 'zod'
import { splitAddress } from './address.ts'
import { type Duration, micros, SECOND } from './clock/duration.ts'
import { messageOf, WeirError } from './errors.ts'
import type { Input } from './ingest/input.ts'
import type { Rule } from './rules/rule.ts'

/** What a hub is made of; `config/weir.config.ts` exports one made by `config()`. */
export interface ConfigOptions {
  /** The host of the events that the hub makes about itself. Default: this machine's host name. */
  readonly name?: string
  readonly listen?: {
    /** Riemann's protocol, TCP and UDP. Default `'127.0.0.1:5555'`; `false`: none. */
    readonly riemann?: string | false
    /**
     * Riemann's protocol over TLS, for clients that have a certificate: usually `'0.0.0.0:5554'`. Files are in PEM, their
     * paths from where the hub is started. `bindHosts`: a client may send events only of the hosts that its certificate
     * names. Default: none.
     */
    readonly tls?: {
      readonly address: string
      readonly cert: string
      readonly key: string
      readonly ca: string
      readonly bindHosts?: boolean
    }
    /** The page, `POST /collectd`, `POST /events`, `/metrics`, `/healthz`. Default `'127.0.0.1:5556'`. */
    readonly http?: string
    /** The same for what comes through a proxy or stunnel; always asks for the token in `WEIR_TOKEN`. Default `'127.0.0.1:5558'` when that is set. */
    readonly proxied?: string | false
  }
  /** The address of the page as people reach it, put into messages: `'https://weir.example:5557'`. Default: none. */
  readonly page?: string
  readonly collectd?: {
    /** Whether the collectds that post here have `StoreRates true` in write_http, so that counters arrive as rates. Default true. */
    readonly storeRates?: boolean
  }
  /** Where events come from besides the listeners: `thisHost()`. */
  readonly inputs?: readonly Input[]
  /** In the order of their effects. */
  readonly rules: readonly Rule[]
  readonly journal?: {
    /** How long records are kept. Default `'7d'`. */
    readonly retain?: Duration
    /** How much the journal may take on disk. Default 4 GiB. */
    readonly bytes?: number
    /** `'os'` survives a kill of the process (default), `'fsync'` a power loss. */
    readonly durability?: 'os' | 'fsync'
  }
  readonly index?: {
    /** How many pairs of host and service are kept; further ones are refused. Default 1,000,000. */
    readonly limit?: number
  }
}

/** A checked configuration with its defaults filled in. */
export interface Config {
  readonly name: string
  readonly listen: {
    readonly riemann: string | false
    readonly tls: NonNullable<ConfigOptions['listen']>['tls']
    readonly http: string
    readonly proxied: string | false | undefined
  }
  readonly page: string | undefined
  readonly collectd: { readonly storeRates: boolean }
  readonly inputs: readonly Input[]
  readonly rules: readonly Rule[]
  readonly journal: {
    readonly retainSeconds: number
    readonly bytes: number
    readonly durability: 'os' | 'fsync'
  }
  readonly index: { readonly limit: number | undefined }
}

const address = z.string().check(({ value, issues }) => {
  const problem = !/^(\[[0-9a-f:]+\]|[^:\s]+):\d{1,5}$/i.test(value)
    ? "is not an address; write 'HOST:PORT', such as '127.0.0.1:5555'"
    : splitAddress(value).port > 65_535
      ? 'has no such port; ports end at 65535'
      : undefined
  if (problem !== undefined) issues.push({ code: 'custom', input: value, message: problem, continue: true })
})
const rules = z.custom<Rule>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    'stream' in value &&
    typeof value.stream === 'function',
  'is not a rule; make it with rule(name, { match, stream })',
)
const input = z.custom<Input>(
  (value) =>
    typeof value === 'object' && value !== null && 'start' in value && typeof value.start === 'function',
  'is not an input; make it with thisHost()',
)

const schema = z.strictObject({
  name: z.string().min(1).optional(),
  listen: z
    .strictObject({
      riemann: z.union([address, z.literal(false)]).optional(),
      tls: z
        .strictObject({
          address,
          cert: z.string().min(1),
          key: z.string().min(1),
          ca: z.string().min(1),
          bindHosts: z.boolean().optional(),
        })
        .optional(),
      http: address.optional(),
      proxied: z.union([address, z.literal(false)]).optional(),
    })
    .optional(),
  page: z
    .url({ protocol: /^https?$/, error: "is not the address of a page; write 'https://weir.example:5557'" })
    .optional(),
  collectd: z.strictObject({ storeRates: z.boolean().optional() }).optional(),
  inputs: z.array(input).optional(),
  rules: z.array(rules),
  journal: z
    .strictObject({
      retain: z.union([z.string(), z.number()]).optional(),
      bytes: z.number().int().min(1_000_000).optional(),
      durability: z.enum(['os', 'fsync']).optional(),
    })
    .optional(),
  index: z.strictObject({ limit: z.number().int().positive().optional() }).optional(),
})

/**
 * Checks a configuration and fills in its defaults. Throws WEIR_CONFIG_INVALID, which names each member that is wrong.
 *
 * @example export default config({ inputs: [thisHost()], rules: [indexAll, diskFull, hostDown] })
 */
export function config(options: ConfigOptions): Config {
  const checked = schema.safeParse(options)
  if (!checked.success) {
    const problem = checked.error.issues
      .map((issue) => `${issue.path.join('.') || 'the configuration'}: ${issue.message}`)
      .join('; ')
    throw new WeirError('WEIR_CONFIG_INVALID', { file: 'config()', problem })
  }
  const retainSeconds = retention(options.journal?.retain ?? '7d')
  const names = new Set<string>()
  for (const { name, lookback } of options.rules) {
    if (names.has(name))
      throw new WeirError('WEIR_RULE_INVALID', { rule: name, problem: 'two rules have this name' })
    names.add(name)
    if (lookback !== undefined && micros(lookback) > retainSeconds * SECOND) {
      const problem = `lookback: ${lookback} is longer than the journal is kept, which 'journal.retain' says`
      throw new WeirError('WEIR_RULE_INVALID', { rule: name, problem })
    }
  }
  return {
    name: options.name ?? hostname(),
    listen: {
      riemann: options.listen?.riemann ?? '127.0.0.1:5555',
      tls: options.listen?.tls,
      http: options.listen?.http ?? '127.0.0.1:5556',
      proxied: options.listen?.proxied,
    },
    page: options.page,
    collectd: { storeRates: options.collectd?.storeRates ?? true },
    inputs: options.inputs ?? [],
    rules: options.rules,
    journal: {
      retainSeconds,
      bytes: options.journal?.bytes ?? 4 * 1024 ** 3,
      durability: options.journal?.durability ?? 'os',
    },
    index: { limit: options.index?.limit },
  }
}

function retention(retain: Duration): number {
  try {
    return micros(retain) / SECOND
  } catch (error) {
    const problem = `journal.retain: ${messageOf(error)}`
    throw new WeirError('WEIR_CONFIG_INVALID', { file: 'config()', problem }, { cause: error })
  }
}
