import { type Event, makeEvent } from 'weir-protocol'
import { exampleMessages } from '../alerts/example.ts'
import { machineWall } from '../clock/wall.ts'
import { messageOf, WeirError } from '../errors.ts'
import { Fold } from '../fold.ts'
import { mapJson } from '../ingest/json.ts'
import type { Mapped } from '../ingest/mapped.ts'
import { inConfig, isOfRules, load } from '../loader.ts'
import { destinationsOf } from '../outputs/destinations.ts'
import type { Destination, Notification } from '../outputs/notification.ts'
import { previewText } from '../outputs/preview-text.ts'
import type { Run } from '../rules/run.ts'
import { madeUpEvent } from './made-up-event.ts'
import { parseOptions } from './options.ts'

const HELP = `weir preview RULE: what the messages of a rule look like at each of its destinations; nothing is sent

  --host NAME   --service NAME   --state NAME   --metric N   --description TEXT
                 of the event that it fires by; by default one is made up that the rule could fire by
  --event JSON   the event, as POST /events takes it
  --config FILE  the configuration (default config/weir.config.ts, or WEIR_CONFIG)
`

/** `weir preview` */
export async function preview(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    allowPositionals: true,
    options: {
      host: { type: 'string' },
      service: { type: 'string' },
      state: { type: 'string' },
      metric: { type: 'string' },
      description: { type: 'string' },
      event: { type: 'string' },
      config: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help === true) {
    process.stdout.write(HELP)
    return 0
  }
  const [name, ...more] = positionals
  if (name === undefined || more.length > 0)
    throw new WeirError('WEIR_USAGE', { problem: 'takes the name of a rule; see --help' })
  const file = values.config ?? process.env.WEIR_CONFIG ?? 'config/weir.config.ts'
  const { config } = await load(file)
  try {
    const { engine } = new Fold({ rules: config.rules, name: config.name, report: () => {}, trial: true })
    const run = engine.runs.find(({ rule }) => rule.name === name)
    if (run === undefined) {
      const names = engine.runs.map(({ rule }) => `'${rule.name}'`).join(', ') || 'none'
      throw new WeirError('WEIR_USAGE', { problem: `there is no rule '${name}'; there are ${names}` })
    }
    const now = machineWall.now()
    const event = asked(values, values.event === undefined ? madeUpEvent(run, now) : given(values.event, now))
    process.stdout.write(textOf(run, event, destinationsOf(engine.targets), config.page, now))
    return 0
  } catch (error) {
    throw isOfRules(error) ? inConfig(error, file) : error
  }
}

function textOf(
  run: Run,
  event: Event,
  destinations: readonly Destination[],
  link: string | undefined,
  at: number,
): string {
  const { name, alerts } = run.counters
  if (alerts.size === 0) return `rule '${name}' has no alert()\n`
  const previews = new Map(destinations.map((destination) => [destination.name, destination]))
  const messages = [...alerts].flatMap((options) => exampleMessages({ rule: name, options, event, at, link }))
  if (messages.length === 0) return `rule '${name}' tells nobody: its notify is empty\n`
  return messages.map((message) => messageText(message, previews.get(message.destination))).join('\n')
}

function messageText(message: Notification, destination: Destination | undefined): string {
  const kind = destination === undefined ? '' : ` (${destination.kind})`
  const [item] = message.items
  return `${message.destination}${kind}, ${item?.status}:\n\n${previewText(message, destination)}\n`
}

/** The event with the fields that were asked for. */
function asked(
  { host, service, state, metric, description }: Readonly<Record<string, string | boolean | undefined>>,
  event: Event,
): Event {
  const fields: Partial<Event> = {
    ...(typeof host === 'string' ? { host } : {}),
    ...(typeof service === 'string' ? { service } : {}),
    ...(typeof state === 'string' ? { state } : {}),
    ...(typeof description === 'string' ? { description } : {}),
    ...(typeof metric === 'string' ? { metric: metricOf(metric) } : {}),
  }
  return makeEvent({ ...event, ...fields })
}

/** The one event that `--event` gives. */
function given(json: string, now: number): Event {
  const { events, rejected } = mapped(json, now)
  const [event, ...more] = events
  const problem =
    rejected[0]?.problem ?? (event === undefined || more.length > 0 ? 'expected one event' : undefined)
  if (event === undefined || problem !== undefined)
    throw new WeirError('WEIR_USAGE', { problem: `--event: ${problem}` })
  return event
}

function mapped(json: string, now: number): Mapped {
  try {
    return mapJson(json, now)
  } catch (error) {
    throw new WeirError('WEIR_USAGE', { problem: `--event: ${messageOf(error)}` }, { cause: error })
  }
}

function metricOf(text: string): number {
  const metric = Number(text)
  if (text.trim() === '' || !Number.isFinite(metric))
    throw new WeirError('WEIR_USAGE', { problem: `--metric takes a number, not '${text}'` })
  return metric
}
