import { userInfo } from 'node:os'
import type { Command } from '../command.ts'
import { WeirError } from '../errors.ts'
import { askHub, dataOf } from './operator.ts'
import { parseOptions } from './options.ts'

const ACK_HELP = `weir ack ALERT --why TEXT: take an alert on; it is not repeated and not escalated any more

  ALERT         its id, as weir alerts shows it
  --who NAME    default: you
  --for TIME    30m, 2h, 1d; default: until it is over
  --end         give it back; --why is not needed
  --data DIR    the hub's data directory (default data, or WEIR_DATA)
`

const SILENCE_HELP = `weir silence --why TEXT [--rule NAME] [--host NAME] [--service NAME] [--severity NAME]: tell nobody for a while

  All that are given must match; * stands for any run of characters. Alerts fire all the same; what still fires when
  the silence ends is told then.
  --for TIME    30m, 2h, 1d; default: until what it holds back is resolved
  --who NAME    default: you
  --end ID      end a silence, as weir alerts --silences shows it; --why is not needed
  --data DIR    the hub's data directory (default data, or WEIR_DATA)
`

/** `weir ack` */
export async function ack(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    allowPositionals: true,
    options: {
      who: { type: 'string' },
      why: { type: 'string' },
      for: { type: 'string' },
      end: { type: 'boolean' },
      data: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help === true) {
    process.stdout.write(ACK_HELP)
    return 0
  }
  const [alert, ...more] = positionals
  if (alert === undefined || more.length > 0)
    throw new WeirError('WEIR_USAGE', { problem: 'takes one alert; see --help' })
  const { who = userInfo().username, why } = values
  if (values.end === true) return decide(values.data, { do: 'unacknowledge', alert, who, why })
  if (why === undefined) throw new WeirError('WEIR_USAGE', { problem: '--why is missing; see --help' })
  return decide(values.data, {
    do: 'acknowledge',
    alert,
    who,
    why,
    ...(values.for === undefined ? {} : { for: values.for }),
  })
}

/** `weir silence` */
export async function silence(args: readonly string[]): Promise<number> {
  const { values } = parseOptions(args, {
    options: {
      rule: { type: 'string' },
      host: { type: 'string' },
      service: { type: 'string' },
      severity: { type: 'string' },
      who: { type: 'string' },
      why: { type: 'string' },
      for: { type: 'string' },
      end: { type: 'string' },
      data: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help === true) {
    process.stdout.write(SILENCE_HELP)
    return 0
  }
  const { rule, host, service, severity, who = userInfo().username, why } = values
  if (values.end !== undefined) return decide(values.data, { do: 'unsilence', silence: values.end, who, why })
  if (why === undefined) throw new WeirError('WEIR_USAGE', { problem: '--why is missing; see --help' })
  return decide(values.data, {
    do: 'silence',
    match: { rule, host, service, severity },
    who,
    why,
    ...(values.for === undefined ? {} : { for: values.for }),
  })
}

async function decide(data: string | undefined, command: Command): Promise<number> {
  const { said, id } = await askHub(dataOf(data), { command })
  process.stdout.write(`${said}${id === undefined ? '' : `: ${id}`}\n`)
  return 0
}
