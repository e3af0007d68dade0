import { messageOf, WeirError } from '../errors.ts'
import { parseOptions } from './options.ts'

const HELP = `weir forget HOST [--service SERVICE]: take a decommissioned host, or one service of it, out of a hub

Its events leave the index, and its alerts are closed without a message.

  --hub URL   the hub's page (default http://127.0.0.1:5556)
`

/** Exit code 0 when the hub has forgotten. */
export async function forget(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    allowPositionals: true,
    options: { service: { type: 'string' }, hub: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  })
  if (values.help === true) {
    process.stdout.write(HELP)
    return 0
  }
  const [host, ...more] = positionals
  if (host === undefined || more.length > 0)
    throw new WeirError('WEIR_USAGE', { problem: 'takes one host; see --help' })
  const hub = values.hub ?? 'http://127.0.0.1:5556'
  if (!/^https?:\/\//.test(hub) || !URL.canParse(hub))
    throw new WeirError('WEIR_USAGE', {
      problem: `--hub takes a URL such as http://127.0.0.1:5556, not '${hub}'`,
    })
  const url = new URL('/index', hub)
  url.searchParams.set('host', host)
  if (values.service !== undefined) url.searchParams.set('service', values.service)
  const token = process.env.WEIR_TOKEN ?? ''
  const headers: Record<string, string> = token === '' ? {} : { authorization: `Bearer ${token}` }
  const answer = await ask(url, headers)
  if (answer === undefined) return 0
  process.stderr.write(`weir forget: ${url.host} ${answer}\n`)
  return 1
}

/** Nothing where the hub has done it, else what went wrong. */
async function ask(url: URL, headers: Record<string, string>): Promise<string | undefined> {
  try {
    const response = await fetch(url, { method: 'DELETE', headers })
    return response.ok ? undefined : `answered ${response.status}: ${await response.text()}`
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error
    const reason =
      typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : messageOf(cause)
    return `cannot be reached: ${reason}; say where the hub's page is with --hub`
  }
}
