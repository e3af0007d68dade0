import type { EventReport } from '../api/reports/events.ts'
import {
  type Explained,
  type ExplainedAlert,
  type Explanation,
  explanationSchema,
  type StepReport,
} from '../api/reports/explanation.ts'
import { spellAge } from '../clock/duration.ts'
import { machineWall } from '../clock/wall.ts'
import { WeirError } from '../errors.ts'
import { askHub, dataOf } from './operator.ts'
import { parseOptions } from './options.ts'
import { table, utc } from './table.ts'
import { decisionText, toldText } from './telling.ts'

const HELP = `weir explain HOST SERVICE, or weir explain ALERT: which rules concern it, what each of their operators holds and
waits for, what its alerts were fired by, and who was told of them, or why nobody

  ALERT         the id of an alert, open or over, as weir alerts and weir log --json show it

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
  const { ok } = await askHub(dataOf(values.data), { explain: explainedBy(positionals) })
  const explanation = explanationSchema.parse(ok)
  const now = machineWall.now()
  process.stdout.write(
    values.json === true ? `${JSON.stringify(explanation)}\n` : explanationText(explanation, now),
  )
  return 0
}

function explainedBy([first, second, ...more]: readonly string[]): Explained {
  if (first === undefined || more.length > 0)
    throw new WeirError('WEIR_USAGE', { problem: 'takes a host and a service, or an alert; see --help' })
  return second === undefined ? { alert: first } : { host: first, service: second }
}

/** An explanation for people; `now` in microseconds. */
export function explanationText({ host, service, event, rules, alerts }: Explanation, now: number): string {
  const heard =
    event === null
      ? 'not in the index: never heard, or silent for longer than its ttl'
      : `${event.state ?? 'no state'}, metric ${event.metric ?? 'none'}, heard ${spellAge(now - event.arrival)} ago`
  const parts = [`${[host, service].filter((part) => part !== null).join(' ')}: ${heard}\n`]
  for (const { rule, place, steps } of rules) {
    parts.push(`\nrule '${rule}'${inPlace(place)}\n${stepsText(steps, now)}`)
  }
  if (rules.length === 0) parts.push('\nno rule concerns it\n')
  for (const alert of alerts) parts.push(`\n${alertText(alert, now)}`)
  return parts.join('')
}

function alertText(alert: ExplainedAlert, now: number): string {
  const { id, rule, place, severity, status, since, over, withheld, acknowledged, cause } = alert
  const life = over === null ? `${status} since ${utc(since)}` : `fired ${utc(since)}, over ${utc(over)}`
  const held = withheld === null ? '' : `; nobody is told now: ${withheld}`
  const taken = acknowledged === null ? '' : `; acknowledged by ${acknowledged.who}: ${acknowledged.why}`
  const came =
    cause.incoming === null
      ? `  ${cause.event.state === 'expired' ? 'when it fell silent' : 'when the time was up'}, not by an event that came\n`
      : `  by the event that came:\n${eventRows([cause.incoming])}`
  return [
    `alert ${id} of rule '${rule}'${inPlace(place)}\n`,
    `  ${severity}, ${life}; ${toldText(alert)}${held}${taken}\n`,
    came,
    `  through\n${stepsText(cause.path, now)}`,
    `  as\n${eventRows([cause.event])}`,
    `  decided\n${table(
      alert.decisions.map((decision) => [`    ${utc(decision.at)}`, ...decisionText(decision)]),
      '    nothing yet\n',
    )}`,
  ].join('')
}

function inPlace(place: string | null): string {
  return place === null ? '' : ` (${place})`
}

/** Each operator in a line, and below it what it waits for, holds, and the events among that. */
function stepsText(steps: readonly StepReport[], now: number): string {
  const width = (textOf: (step: StepReport) => string) =>
    Math.max(0, ...steps.map((step) => textOf(step).length))
  const operators = width(({ operator }) => operator)
  const places = width(({ place }) => place ?? '')
  return steps
    .map(({ operator, params, place, state, events, due }) => {
      const head = [operator.padEnd(operators), (place ?? '').padEnd(places), params].join('  ')
      const below = [
        ...(state === null ? [] : [`holds ${state}`]),
        ...(due === null
          ? []
          : [
              due > now
                ? `waits until ${utc(due)}, ${spellAge(due - now)} from now`
                : `waited until ${utc(due)}`,
            ]),
      ]
      const lines = [`    ${head}`, ...below.map((line) => `      ${line}`)].map((line) =>
        table([[line]], ''),
      )
      return `${lines.join('')}${eventRows(events, '      ')}`
    })
    .join('')
}

function eventRows(events: readonly EventReport[], indent = '    '): string {
  return table(
    events.map(({ time, host, service, state, metric, description }) => [
      `${indent}${utc(time)}`,
      [host, service].filter((part) => part !== null).join(' '),
      state ?? '-',
      metric === null ? '-' : String(metric),
      description ?? '',
    ]),
    '',
  )
}
