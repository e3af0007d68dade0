import { WeirError } from '../errors.ts'
import { askRest, hubAddress } from './hub-address.ts'
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
  const service = values.service === undefined ? '' : `&service=${encodeURIComponent(values.service)}`
  await askRest(hubAddress(values.hub), `/index?host=${encodeURIComponent(host)}${service}`, {
    method: 'DELETE',
  })
  return 0
}
