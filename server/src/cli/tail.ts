import { styleText } from 'node:util'
import type { Event } from 'weir-protocol'
import { eventReport } from '../api/reports/events.ts'
import { WeirError } from '../errors.ts'
import { hubAddress } from './hub-address.ts'
import { integer, parseOptions } from './options.ts'
import { styleOf } from './state-style.ts'
import { printable, utc } from './table.ts'
import { watch } from './watch.ts'

const HELP = `weir tail [QUERY]: show events as they come into the index of a hub

  QUERY         only events that match, such as 'state = "critical" and host =~ "web-%"' (default: all)
  --all         begin with what is in the index
  --topic NAME  what rules publish to a topic instead
  --limit N     end after so many events
  --json        a line of JSON each; times in microseconds
  --hub URL     the hub's page (default http://127.0.0.1:5556); its token, where it asks for one, is WEIR_TOKEN

An event that ends its entry in the index has the state expired. NO_COLOR=1 is respected. A hub that goes away is tried
again; what it told meanwhile is lost.
`

/** `weir tail` */
export async function tail(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    allowPositionals: true,
    options: {
      all: { type: 'boolean' },
      topic: { type: 'string' },
      limit: { type: 'string' },
      json: { type: 'boolean' },
      hub: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help === true) {
    process.stdout.write(HELP)
    return 0
  }
  const [query = 'true', ...more] = positionals
  if (more.length > 0)
    throw new WeirError('WEIR_USAGE', { problem: 'takes one query, in quotes; see --help' })
  if (values.all === true && values.topic !== undefined)
    throw new WeirError('WEIR_USAGE', { problem: '--all is for the index, not for a --topic; see --help' })
  let left =
    values.limit === undefined ? Number.POSITIVE_INFINITY : integer('--limit', values.limit, 1, 1_000_000_000)
  // Whoever read it has gone: `weir tail | head`.
  let read = true
  process.stdout.once('error', () => {
    read = false
  })
  await watch({
    hub: hubAddress(values.hub),
    query,
    topic: values.all === true ? undefined : (values.topic ?? 'index'),
    away: (why) => process.stderr.write(`weir tail: ${why}; trying again\n`),
    async event(event) {
      left -= 1
      await write(values.json === true ? `${JSON.stringify(eventReport(event))}\n` : lineOf(event))
      return read && left > 0
    },
  })
  return 0
}

/** Writes a text; resolves once more may be written. */
function write(text: string): Promise<void> {
  if (process.stdout.write(text) || process.stdout.destroyed) return Promise.resolve()
  return new Promise((resolve) => {
    for (const event of ['drain', 'close', 'error']) process.stdout.once(event, () => resolve())
  })
}

/** An event for people: time, host, service, state, metric, description and tags, each at least so wide. */
function lineOf({ time, host, service, state, metric, description, tags }: Event): string {
  const cells = [
    utc(time).slice(11),
    printable(host ?? '-').padEnd(16),
    printable(service ?? '-').padEnd(28),
    styleText(styleOf(state), printable(state ?? '-').padEnd(8), { stream: process.stdout }),
    (metric === undefined ? '' : String(metric)).padStart(12),
    printable(description ?? ''),
    ...tags.map((tag) => `#${printable(tag)}`),
  ]
  return `${cells
    .filter((cell) => cell !== '')
    .join('  ')
    .trimEnd()}\n`
}
