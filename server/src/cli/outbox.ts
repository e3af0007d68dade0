import { type OutboxReport, outboxSchema } from '../api/reports/outbox.ts'
import { askHub, dataOf } from './operator.ts'
import { parseOptions } from './options.ts'
import { table, utc } from './table.ts'

const HELP = `weir outbox: the messages that wait to be sent, and those that were given up

  --retry ID          send one that was given up again
  --retry-all NAME    send all that were given up for a destination again
  --json              one line of JSON
  --data DIR          the hub's data directory (default data, or WEIR_DATA)
`

/** `weir outbox` */
export async function outbox(args: readonly string[]): Promise<number> {
  const { values } = parseOptions(args, {
    options: {
      retry: { type: 'string' },
      'retry-all': { type: 'string' },
      json: { type: 'boolean' },
      data: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help === true) {
    process.stdout.write(HELP)
    return 0
  }
  const data = dataOf(values.data)
  const all = values['retry-all']
  if (values.retry !== undefined || all !== undefined) {
    const which = values.retry !== undefined ? { id: values.retry } : { destination: all }
    const { said } = await askHub(data, { retry: which })
    process.stdout.write(`${said}\n`)
    return 0
  }
  const { ok } = await askHub(data, { outbox: {} })
  const report = outboxSchema.parse(ok)
  process.stdout.write(values.json === true ? `${JSON.stringify(report)}\n` : textOf(report))
  return 0
}

function textOf({ pending, dead }: OutboxReport): string {
  const waiting = table(
    Object.entries(pending).map(([destination, count]) => [`waiting for ${destination}`, String(count)]),
    'nothing waits\n',
  )
  const given = table(
    dead.map(({ id, destination, at, error, what }) => [utc(at), destination, what, error, id]),
    'nothing was given up\n',
  )
  return `${waiting}${given}`
}
