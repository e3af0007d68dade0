import { type CollectdName, serviceOf } from 'weir-client/sampler'
import { makeEvent } from 'weir-protocol'
import { z } from 'zod'
import { microsOfIso } from './iso-time.ts'
import { type Element, problemOf } from './mapped.ts'

const schema = z.object({
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()).default({}),
  startsAt: z.string(),
})

const STATES: ReadonlyMap<string, string> = new Map([
  ['OKAY', 'ok'],
  ['WARNING', 'warning'],
  ['FAILURE', 'critical'],
])

/** The labels that stand beside the one named after the plugin. */
const OTHER_LABELS: ReadonlySet<string> = new Set(['alertname', 'instance', 'severity', 'service', 'type'])

/** What write_riemann leaves out of the attributes: they are not texts there. `summary` it calls `description`. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'summary',
  'CurrentValue',
  'WarningMin',
  'WarningMax',
  'FailureMin',
  'FailureMax',
  'network:received',
])

/** collectd's names are at most 128 bytes each. */
const ALERTNAME_LIMIT = 512

/**
 * Maps a notification as collectd's write_http posts it, in Alertmanager's shape, to the event that its write_riemann
 * makes of it: tag `notification`, state ok, warning or critical, no ttl, the same service and attributes. The text is
 * the event's description, and an attribute too, where write_riemann has it.
 */
export function mapNotification(element: unknown): Element {
  const parsed = schema.safeParse(element)
  if (!parsed.success) return { problem: problemOf(parsed.error) }
  const { labels, annotations, startsAt } = parsed.data
  const { alertname = '', instance: host = '', severity = '' } = labels
  if (!alertname.startsWith('collectd_') || alertname.length > ALERTNAME_LIMIT)
    return {
      problem: 'labels.alertname: expected collectd_… (POST /collectd takes notifications of collectd)',
    }
  const time = microsOfIso(startsAt)
  if (time === undefined) return { problem: `startsAt: '${startsAt}' is not an ISO 8601 time with its zone` }
  const summary = annotations.summary ?? ''
  const name = nameOf(labels, alertname.slice('collectd_'.length), host, summary)
  const current = Number(annotations.CurrentValue ?? Number.NaN)
  return {
    events: [
      makeEvent({
        host,
        service: serviceOf(name),
        state: STATES.get(severity) ?? 'unknown',
        description: summary,
        metric: Number.isFinite(current) ? current : undefined,
        time,
        tags: ['notification'],
        attributes: attributesOf(host, name, summary, annotations),
      }),
    ],
  }
}

/**
 * The name behind the labels. They run it together: `collectd_df_percent_bytes` is plugin and type (or the type alone
 * where it begins with the plugin), and a lone instance may be the plugin's or the type's. So all names that give
 * these labels are tried against the text, which of a threshold begins with the name; where it does not, the first
 * is taken, which has what is usual.
 */
function nameOf(
  labels: Readonly<Record<string, string>>,
  rest: string,
  host: string,
  summary: string,
): CollectdName {
  const plugin = Object.keys(labels).find((label) => !OTHER_LABELS.has(label))
  const instance = plugin === undefined ? '' : (labels[plugin] ?? '')
  const instances: (readonly [plugin: string, type: string])[] =
    labels.type === undefined ? [['', instance]] : [[instance, labels.type]]
  if (labels.type === undefined && instance !== '') instances.push([instance, ''])

  const names = pluginAndType(rest, plugin).flatMap(([plugin, type]) =>
    instances.map(([pluginInstance, typeInstance]) => ({ plugin, pluginInstance, type, typeInstance })),
  )
  const told = names.find((name) => begins(summary, host, name))
  return told ?? names[0] ?? { plugin: '', pluginInstance: '', type: '', typeInstance: '' }
}

/** What the plugin and the type may be, the usual first. */
function pluginAndType(rest: string, plugin: string | undefined): (readonly [string, string])[] {
  if (plugin !== undefined) {
    const whole = [plugin, rest] as const
    return rest.startsWith(`${plugin}_`) ? [[plugin, rest.slice(plugin.length + 1)], whole] : [whole]
  }
  const cuts = [...rest.matchAll(/_/g)].map(({ index }): [string, string] => [
    rest.slice(0, index),
    rest.slice(index + 1),
  ])
  const prefixes = Array.from(rest, (_, at): [string, string] => [rest.slice(0, at + 1), rest])
  return [...cuts, [rest, rest], ...prefixes]
}

/** Whether the text is one that collectd's thresholds write about this name. */
function begins(summary: string, host: string, name: CollectdName): boolean {
  const instance = (text: string) => (text === '' ? '' : ` (instance ${text})`)
  const { plugin, pluginInstance, type, typeInstance } = name
  const found = `Host ${host}, plugin ${plugin}${instance(pluginInstance)} type ${type}${instance(typeInstance)}: `
  const missing = `${host}/${serviceOf(name)} has not been updated for `
  return summary.startsWith(found) || summary.startsWith(missing)
}

function attributesOf(
  host: string,
  name: CollectdName,
  summary: string,
  annotations: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const attributes: Record<string, string> = Object.create(null)
  const parts = {
    host,
    plugin: name.plugin,
    plugin_instance: name.pluginInstance,
    type: name.type,
    type_instance: name.typeInstance,
    description: summary,
  }
  for (const [key, value] of Object.entries(parts)) if (value !== '') attributes[key] = value
  for (const [key, value] of Object.entries(annotations)) if (!LEFT_OUT.has(key)) attributes[key] = value
  return attributes
}
