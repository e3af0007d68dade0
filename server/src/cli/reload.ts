import { z } from 'zod'
import { askHub, dataOf } from './operator.ts'
import { parseOptions } from './options.ts'

const HELP = `weir reload: let the hub take up the rules and destinations as they are in its files now

Unchanged rules run on untouched; in changed ones the operators that are the same keep their states. A configuration
with an error changes nothing. Listeners, inputs and journal settings are taken up at the next start.
  --data DIR    the hub's data directory (default data, or WEIR_DATA)
`

/** Exit code 0 when the rules are in force. */
export async function reload(args: readonly string[]): Promise<number> {
  const { values } = parseOptions(args, {
    options: { data: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  })
  if (values.help === true) {
    process.stdout.write(HELP)
    return 0
  }
  const { ok } = await askHub(dataOf(values.data), { reload: {} })
  process.stdout.write(`${z.array(z.string()).parse(ok).join('\n')}\n`)
  return 0
}
