import type { AlertReport } from '../api/reports/alerts.ts'
import { type Explanation, explanationSchema, type StepReport } from '../api/reports/explanation.ts'
import { spell } from '../clock/duration.ts'
import { machineWall } from '../clock/wall.ts'
import { WeirError } from '../errors.ts'
import { askHub, dataOf } from './operator.ts'
import { parseOptions } from './options.ts'
import { table, utc } from './table.ts'

const HELP = `weir explain HOST SERVICE: which rules concern it, what each of their operators holds and waits for, and what
its alerts were fired by and told to whom

  --json        one line of JSON
  --data DIR    the hub's data directory (default data, or WEIR_DATA)
`

/** `weir explain` */
export async function explain(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    allowPositionals: true,
    options: { json: { type: 'boolean' }, data: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  })
  if (values.help === true) {
    process.stdout.write(HELP)
    return 0
  }
  const [host, service, ...more] = positionals
  if (host === undefined || service === undefined || more.length > 0) {
    throw new WeirError('WEIR_USAGE', { problem: 'takes a host and a service; see --help' })
  }
  const { ok } = await askHub(dataOf(values.data), { explain: { host, service } })
  const explanation = explanationSchema.parse(ok)
  const now = machineWall.now()
  process.stdout.write(
    values.json === true ? `${JSON.stringify(explanation)}\n` : textOf(host, service, explanation, now),
  )
  return 0
}

function textOf(host: string, service: string, { event, rules, alerts }: Explanation, now: number): string {
  const heard =
    event === null
      ? 'not in the index: never heard, or silent for longer than its ttl'
      : `${event.state ?? 'no state'}, metric ${event.metric ?? 'none'}, heard ${spell(now - event.arrival)} ago`
  const parts = [`${host} ${service}: ${heard}\n`]
  for (const { rule, place, steps } of rules) {
    parts.push(
      `\nrule '${rule}'${place === null ? '' : ` (${place})`}\n${steps.length === 0 ? '' : stepTable(steps, now)}`,
    )
  }
  if (rules.length === 0) parts.push('\nno rule concerns it\n')
  for (const alert of alerts) {
    const { cause } = alert
    parts.push(
      `\nalert '${alert.rule}' ${alert.severity}, ${alert.status} since ${utc(alert.since)}: ${toldText(alert)}\n`,
      `  fired by metric ${cause.event.metric ?? 'none'}, state ${cause.event.state ?? 'none'} through\n${stepTable(cause.path, now)}`,
    )
  }
  return parts.join('')
}

function toldText({ told, withheld, acknowledged }: AlertReport): string {
  const who =
    withheld !== null
      ? `nobody is told: ${withheld}`
      : told.length > 0
        ? `told ${told.join(', ')}`
        : 'nobody told yet'
  return acknowledged === null ? who : `${who}; acknowledged by ${acknowledged.who}: ${acknowledged.why}`
}

function stepTable(steps: readonly StepReport[], now: number): string {
  return table(
    steps.map(({ operator, params, place, state, due }) => [
      `  ${operator}`,
      place ?? '',
      params,
      state === null ? '' : `holds ${state}`,
      due === null
        ? ''
        : due > now
          ? `waits until ${utc(due)}, ${spell(due - now)} from now`
          : `is due since ${utc(due)}`,
    ]),
    '',
  )
}
