import { connect } from 'weir-client'
import type { Event } from 'weir-protocol'
import { pause } from '../clock/pause.ts'
import { WeirError } from '../errors.ts'
import { queryHints } from '../query/hints.ts'
import { parseOptions } from './options.ts'
import { REMOTE_HUB, REMOTE_HUB_HELP, remoteHub } from './remote-hub.ts'
import { table, utc } from './table.ts'

/** How often `--watch` asks, in milliseconds. */
const WATCH_MS = 2_000
/** On a terminal: to the upper left, and what is below cleared. */
const CLEAR = '\u001b[H\u001b[J'

const HELP = `weir query: show the events of a hub's index that match

  weir query 'state = "critical" and service =~ "disk %"'
  weir query 'metric > 0.9 order by metric desc limit 10'
  weir query 'true count by host, state'

  --json          a JSON object a line
  --watch         ask again every two seconds, until Ctrl-C
${REMOTE_HUB_HELP}
The language is that of Riemann: docs/queries.md. Exit code 0 also where nothing matches, 1 where the hub
refuses the query or can't be reached.
`

/** Asks a hub over Riemann's protocol, a Riemann too; exit code 0 when it answered. */
export async function query(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    allowPositionals: true,
    options: {
      ...REMOTE_HUB,
      json: { type: 'boolean' },
      watch: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help === true) {
    process.stdout.write(HELP)
    return 0
  }
  const [text, ...more] = positionals
  if (text === undefined || more.length > 0)
    throw new WeirError('WEIR_USAGE', { problem: `takes one query, in quotes for the shell; see --help` })
  for (const hint of queryHints(text)) process.stderr.write(`weir query: ${hint}\n`)
  const watch = values.watch === true
  const print = values.json === true ? printJson : printTable
  const client = await connect({ ...remoteHub(values), reconnect: watch })
  try {
    while (true) {
      const output = print(await client.query(text))
      process.stdout.write(watch && process.stdout.isTTY ? `${CLEAR}${text}\n\n${output}` : output)
      if (!watch) return 0
      await pause(WATCH_MS)
    }
  } finally {
    await client.close()
  }
}

function printJson(events: readonly Event[]): string {
  return events
    .map(
      ({ time, ...event }) => `${JSON.stringify({ ...event, time: new Date(time / 1000).toISOString() })}\n`,
    )
    .join('')
}

function printTable(events: readonly Event[]): string {
  const rows = events.map((event) => [
    event.host ?? '-',
    event.service ?? '-',
    event.state ?? '-',
    event.metric === undefined ? '-' : String(event.metric),
    utc(event.time),
    [...event.tags, ...Object.entries(event.attributes).map(([key, value]) => `${key}=${value}`)].join(' '),
    event.description ?? '',
  ])
  return table(
    rows.length === 0 ? [] : [['HOST', 'SERVICE', 'STATE', 'METRIC', 'TIME', 'TAGS', 'DESCRIPTION'], ...rows],
    'nothing matches\n',
  )
}
