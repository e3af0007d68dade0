import { readFileSync } from 'node:fs'
import type { ClientOptions } from 'weir-client'
import { messageOf, WeirError } from '../errors.ts'
import { integer } from './options.ts'

/** The options of a command that sends to a hub, for `parseOptions`. */
export const REMOTE_HUB = {
  to: { type: 'string' },
  tls: { type: 'boolean' },
  ca: { type: 'string' },
  cert: { type: 'string' },
  key: { type: 'string' },
  servername: { type: 'string' },
} as const

/** What its help says about them. */
export const REMOTE_HUB_HELP = `\
  --to HOST:PORT  the hub (default 127.0.0.1:5555; with TLS 127.0.0.1:5554)
  --tls           over TLS, which the following imply
  --ca FILE       the authority that signed the hub's certificate (default: those that Node trusts)
  --cert FILE  --key FILE  this machine's certificate, and its key
  --servername NAME        what the hub's certificate is for (default: HOST)
`

type Values = { readonly [name in keyof typeof REMOTE_HUB]?: string | boolean | undefined }

/** The hub that those options name. Throws WEIR_USAGE where a file can't be read, or one is wrong. */
export function remoteHub(values: Values): ClientOptions {
  const { ca, cert, key, servername } = values
  const secure = values.tls === true || [ca, cert, key, servername].some((value) => value !== undefined)
  return {
    ...addressOf(text(values.to) ?? `127.0.0.1:${secure ? 5554 : 5555}`),
    ...(secure
      ? {
          tls: {
            ca: fileOf('--ca', ca),
            cert: fileOf('--cert', cert),
            key: fileOf('--key', key),
            servername: text(servername),
          },
        }
      : {}),
  }
}

function addressOf(to: string): { readonly host: string; readonly port: number } {
  const colon = to.lastIndexOf(':')
  if (colon < 1) throw new WeirError('WEIR_USAGE', { problem: `--to takes HOST:PORT, not '${to}'` })
  return {
    host: to.slice(0, colon).replace(/^\[(.*)\]$/, '$1'),
    port: integer('the port of --to', to.slice(colon + 1), 1, 65_535),
  }
}

function fileOf(option: string, value: string | boolean | undefined): Uint8Array | undefined {
  const file = text(value)
  if (file === undefined) return undefined
  try {
    return readFileSync(file)
  } catch (error) {
    const problem = `${option}: ${file} can't be read: ${messageOf(error)}`
    throw new WeirError('WEIR_USAGE', { problem }, { cause: error })
  }
}

function text(value: string | boolean | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}
