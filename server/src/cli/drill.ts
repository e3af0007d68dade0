import { userInfo } from 'node:os'
import { z } from 'zod'
import type { DrillOutcome } from '../api/drill-outcome.ts'
import { WeirError } from '../errors.ts'
import { askHub, dataOf } from './operator.ts'
import { parseOptions } from './options.ts'

const HELP = `weir drill RULE --host HOST: a fire drill, from the rule's alert to its destinations, and its end

  It fires the alert of the rule for the host, marked DRILL, waits until its messages were delivered, ends it, and
  waits for those of its end. Silences, maintenance windows and dependencies count.
  Exit code 0 when everybody was told, else 1.
  --who NAME    default: you
  --data DIR    the hub's data directory (default data, or WEIR_DATA)
`

const outcomeSchema = z.custom<DrillOutcome>((value) => typeof value === 'object' && value !== null)

/** `weir drill` */
export async function drill(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    allowPositionals: true,
    options: {
      host: { type: 'string' },
      who: { type: 'string' },
      data: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help === true) {
    process.stdout.write(HELP)
    return 0
  }
  const [rule, ...more] = positionals
  const { host } = values
  if (rule === undefined || more.length > 0)
    throw new WeirError('WEIR_USAGE', { problem: "takes one rule, such as 'disk full'; see --help" })
  if (host === undefined) throw new WeirError('WEIR_USAGE', { problem: '--host is missing; see --help' })
  const data = dataOf(values.data)
  const who = values.who ?? userInfo().username
  const { said, id = '' } = await askHub(data, { command: { do: 'drill', rule, host, who } })
  process.stdout.write(`${said}\n`)
  const began = await outcome(data, id, false)
  await askHub(data, { command: { do: 'end drill', rule, host } })
  process.stdout.write('the drill is over\n')
  const ended = began.messages.length === 0 ? undefined : await outcome(data, id, true)
  const messages = [...began.messages, ...(ended?.messages ?? [])]
  const nobody = messages.length === 0 || began.withheld !== null
  return nobody || messages.some(({ status }) => status !== 'sent') ? 1 : 0
}

/** What became of the messages, also printed. */
async function outcome(data: string, alert: string, over: boolean): Promise<DrillOutcome> {
  const { ok } = await askHub(data, { drill: { alert, over } })
  const found = outcomeSchema.parse(ok)
  const { messages, withheld } = found
  for (const { destination, status, error } of messages) {
    const became = { sent: 'was told', pending: 'was not told within a minute', dead: 'could not be told' }[
      status
    ]
    process.stdout.write(
      `  ${destination} ${became}${error === null || status === 'sent' ? '' : `: ${error}`}\n`,
    )
  }
  if (withheld !== null) process.stdout.write(`  nobody is told: ${withheld}\n`)
  else if (messages.length === 0) process.stdout.write('  nobody is to be told of it\n')
  return found
}
