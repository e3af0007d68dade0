import { z } from 'zod'
import { alertSchema } from '../api/reports/alerts.ts'
import { decisionSchema } from '../api/reports/decisions.ts'
import { silenceSchema } from '../api/reports/silences.ts'
import { spellAge } from '../clock/duration.ts'
import { machineWall } from '../clock/wall.ts'
import { askHub, dataOf } from './operator.ts'
import { integer, parseOptions } from './options.ts'
import { table, utc } from './table.ts'
import { decisionText, toldText } from './telling.ts'

const HELP = `weir alerts: the alerts that are open, and who was told

  --json        one line of JSON
  --silences    the silences that are in force instead, and what each holds back
  --data DIR    the hub's data directory (default data, or WEIR_DATA)
`

const LOG_HELP = `weir log: what was decided about alerts: fired, told, not told and why

  --rule NAME   --host NAME   --alert ID    only these
  --limit N     how many, the latest (default 50)
  --json        one line of JSON each
  --data DIR    the hub's data directory (default data, or WEIR_DATA)
`

/** `weir alerts` */
export async function alerts(args: readonly string[]): Promise<number> {
  const { values } = parseOptions(args, {
    options: {
      json: { type: 'boolean' },
      silences: { type: 'boolean' },
      data: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help === true) {
    process.stdout.write(HELP)
    return 0
  }
  const data = dataOf(values.data)
  const now = machineWall.now()
  if (values.silences === true) {
    const { ok } = await askHub(data, { silences: {} })
    const list = z.array(silenceSchema).parse(ok)
    const rows = list.map(({ id, match, who, why, until, holds }) => [
      id,
      Object.entries(match)
        .map(([field, value]) => `${field}=${value}`)
        .join(' '),
      `${who}: ${why}`,
      until === null ? 'until resolved' : `for ${spellAge(until - now)}`,
      `holds ${holds.length}`,
    ])
    process.stdout.write(values.json === true ? `${JSON.stringify(list)}\n` : table(rows, 'no silences\n'))
    return 0
  }
  const { ok } = await askHub(data, { alerts: {} })
  const list = z.array(alertSchema).parse(ok)
  const rows = list.map((alert) => [
    alert.severity,
    alert.status,
    alert.summary,
    `since ${utc(alert.since)} (${spellAge(now - alert.since)})`,
    alert.withheld !== null ? `not told: ${alert.withheld}` : toldText(alert),
    alert.acknowledged === null ? '' : `acknowledged by ${alert.acknowledged.who}: ${alert.acknowledged.why}`,
    alert.id,
  ])
  process.stdout.write(
    values.json === true ? `${JSON.stringify(list)}\n` : table(rows, 'nothing is firing\n'),
  )
  return 0
}

/** `weir log` */
export async function log(args: readonly string[]): Promise<number> {
  const { values } = parseOptions(args, {
    options: {
      rule: { type: 'string' },
      host: { type: 'string' },
      alert: { type: 'string' },
      limit: { type: 'string' },
      json: { type: 'boolean' },
      data: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help === true) {
    process.stdout.write(LOG_HELP)
    return 0
  }
  const { rule, host, alert } = values
  const limit = integer('--limit', values.limit ?? '50', 1, 10_000)
  const filter = {
    ...(rule === undefined ? {} : { rule }),
    ...(host === undefined ? {} : { host }),
    ...(alert === undefined ? {} : { alert }),
  }
  const { ok } = await askHub(dataOf(values.data), { log: { ...filter, limit } })
  const list = z.array(decisionSchema).parse(ok)
  if (values.json === true) for (const decision of list) process.stdout.write(`${JSON.stringify(decision)}\n`)
  else {
    const rows = list.map((decision) => [
      utc(decision.at),
      decision.rule,
      keyText(decision.key),
      ...decisionText(decision),
    ])
    process.stdout.write(table(rows, 'nothing was decided yet\n'))
  }
  return 0
}

function keyText(key: string): string {
  const parts: unknown = JSON.parse(key)
  return Array.isArray(parts) ? parts.map((part) => part ?? '-').join(' ') : key
}
