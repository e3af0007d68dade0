import { styleText } from 'node:util'
import { makeEvent } from 'weir-protocol'
import { z } from 'zod'
import { alertSchema } from '../api/reports/alerts.ts'
import { eventSchema } from '../api/reports/events.ts'
import { spellAge } from '../clock/duration.ts'
import { machineWall } from '../clock/wall.ts'
import { WeirError } from '../errors.ts'
import { type HostRow, HostTable } from './host-table.ts'
import { askRest, type HubAddress, hubAddress } from './hub-address.ts'
import { parseOptions } from './options.ts'
import { withScreen } from './screen.ts'
import { styleOf } from './state-style.ts'
import { printable, table } from './table.ts'
import { watch } from './watch.ts'

const HELP = `weir top [QUERY]: show the hosts of a hub by state, live; q ends it

  QUERY         only of events that match, such as 'tagged "production"' (default: all)
  --once        print the table once; so it does where its output is no terminal
  --json        once, a line of JSON for each host
  --hub URL     the hub's page (default http://127.0.0.1:5556); its token, where it asks for one, is WEIR_TOKEN

A host is as bad as the worst of its services, and a service as its open alert. NO_COLOR=1 is respected.
`

const SECOND_MS = 1_000
/** Alerts are asked for this often. */
const ALERTS_MS = 2_000
/** Events of a page, and how many pages are read. */
const PAGE = 10_000
const PAGES = 10

/** `weir top` */
export async function top(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    allowPositionals: true,
    options: {
      once: { type: 'boolean' },
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
  const hub = hubAddress(values.hub)
  const hosts = new HostTable()
  if (values.json === true || values.once === true || !process.stdout.isTTY) {
    await fill(hosts, hub, query)
    const rows = hosts.rows()
    const now = machineWall.now()
    if (values.json === true) for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`)
    else process.stdout.write(textOf(rows, now, 'no hosts\n'))
    return 0
  }
  await live(hosts, hub, query)
  return 0
}

/** What the hub has now. */
async function fill(hosts: HostTable, hub: HubAddress, query: string): Promise<void> {
  hosts.alerts(await alertsOf(hub))
  const page = z.object({ events: z.array(eventSchema), next: z.int().nullable() })
  let offset: number | null = 0
  for (let read = 0; offset !== null && read < PAGES; read++) {
    const path = `/api/index?query=${encodeURIComponent(query)}&limit=${PAGE}&offset=${offset}`
    const { events, next }: z.infer<typeof page> = page.parse(await askRest(hub, path))
    for (const { host, service, state, metric, description, time } of events) {
      const event = { host: host ?? undefined, service: service ?? undefined, state: state ?? undefined }
      hosts.event(
        makeEvent({ ...event, metric: metric ?? undefined, description: description ?? undefined, time }),
      )
    }
    offset = next
  }
}

async function alertsOf(hub: HubAddress) {
  return z.array(alertSchema).parse(await askRest(hub, '/api/alerts'))
}

/** Shows the table, and again each second, until a key or signal ends it. */
async function live(hosts: HostTable, hub: HubAddress, query: string): Promise<void> {
  let away: string | undefined
  let alertsKnown = ''
  hosts.alerts(await alertsOf(hub))
  await withScreen(async (screen) => {
    const draw = () => {
      const rows = hosts.rows()
      const head = `weir top  ${hub.url.host}  ${countText(rows)}${alertsKnown}`
      const state =
        away === undefined ? '' : `  ${styleText('red', `away: ${away}`, { stream: process.stdout })}`
      screen.draw(`${head}${state}\n\n${textOf(rows, machineWall.now(), 'no hosts\n')}`)
    }
    screen.every(SECOND_MS, draw)
    screen.every(ALERTS_MS, async () => {
      try {
        hosts.alerts(await alertsOf(hub))
        alertsKnown = ''
      } catch {
        alertsKnown = '  (alerts unknown)'
      }
    })
    await watch({
      hub,
      query,
      connected() {
        away = undefined
        hosts.clear()
      },
      away(why) {
        away = why
      },
      event(event) {
        hosts.event(event)
        return true
      },
      signal: screen.ended,
    })
  })
}

function countText(rows: readonly HostRow[]): string {
  const count = (state: string) => rows.filter((row) => row.state === state).length
  return `${rows.length} ${rows.length === 1 ? 'host' : 'hosts'}, ${count('critical')} critical, ${count('warning')} warning`
}

function textOf(rows: readonly HostRow[], now: number, empty: string): string {
  if (rows.length === 0) return empty
  const [head = '', ...lines] = table(
    [
      ['HOST', 'STATE', 'CRITICAL', 'WARNING', 'OK', 'OTHER', 'HEARD', 'WORST'],
      ...rows.map(({ host, state, states, services, heard, worst }) => {
        const { critical = 0, warning = 0, ok = 0 } = states
        const other = services - critical - warning - ok
        return [
          printable(host),
          state ?? '-',
          ...[critical, warning, ok, other].map((count) => (count === 0 ? '.' : String(count))),
          heard === null ? 'silent' : `${spellAge(now - heard)} ago`,
          worst,
        ]
      }),
    ],
    '',
  ).split('\n')
  const styled = lines.map((line, n) => {
    const row = rows[n]
    return row === undefined
      ? line
      : styleText(styleOf(row.state ?? undefined), line, { stream: process.stdout })
  })
  return [styleText('bold', head, { stream: process.stdout }), ...styled].join('\n')
}
