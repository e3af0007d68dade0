import type { Notification, NotificationItem } from './notification.ts'
import { duration, figure, oneLine, utc } from './plain-text.ts'

/** How loud a change is; the loudest first. States that a rule invents are as bad as they may be. */
export const TONES = ['critical', 'other', 'warning', 'stale', 'over'] as const

export type Tone = (typeof TONES)[number]

/** The items of a notification that are told in the same words. */
export interface Group {
  readonly tone: Tone
  /** `critical`, `warning → critical`, `stale`, `resolved` … */
  readonly label: string
  readonly items: readonly NotificationItem[]
}

const NAMES_SHOWN = 12
const NAME_LENGTH = 80
const STATE_LENGTH = 40
/** Microseconds after which a message is late. */
const LATE = 5 * 60 * 1_000_000

/** The items in groups of the same words, the loudest first, otherwise in their order. */
export function groupsOf(notification: Notification): readonly Group[] {
  const groups = new Map<string, NotificationItem[]>()
  for (const item of notification.items) {
    const label = labelOf(item)
    const known = groups.get(label)
    if (known === undefined) groups.set(label, [item])
    else known.push(item)
  }
  return [...groups]
    .map(([label, items]) => ({ label, items, tone: toneOf(items[0]) }))
    .sort((a, b) => TONES.indexOf(a.tone) - TONES.indexOf(b.tone))
}

/** A notification about several rules as one for each rule, the loudest first; about one rule, as it is. */
export function byRule(notification: Notification): readonly Notification[] {
  const rules = new Map<string, NotificationItem[]>()
  for (const item of notification.items) {
    const rule = item.rule ?? notification.rule
    const known = rules.get(rule)
    if (known === undefined) rules.set(rule, [item])
    else known.push(item)
  }
  return [...rules]
    .map(([rule, items]) => ({ ...notification, rule, items }))
    .sort((a, b) => loudness(a) - loudness(b))
}

/** `47 messages in one, about 3 rules`: the title of a message that stands for those of several rules. */
export function foldedTitle({ folded = 1, rule }: Notification): string {
  return `${folded} messages in one, about ${oneLine(rule, NAME_LENGTH)}`
}

/** `3 messages in one`, `told 2h 10m late`: what is to be known about the message itself. `now` in microseconds; without it nothing is late. */
export function remarksOf({ folded = 1, at }: Notification, now = at): readonly string[] {
  const remarks: string[] = []
  if (folded > 1) remarks.push(`${folded} messages in one`)
  if (now - at >= LATE) remarks.push(`told ${duration(now - at)} late`)
  return remarks
}

/** What happened to an alert, in a word or two. */
export function labelOf(item: NotificationItem): string {
  switch (item.status) {
    case 'firing':
      return stateOf(item.severity)
    case 'changed':
      return item.previous === undefined
        ? stateOf(item.severity)
        : `${stateOf(item.previous)} → ${stateOf(item.severity)}`
    case 'stale':
      return 'stale'
    case 'resolved':
      return item.reason === undefined ? 'resolved' : 'closed'
    case 'blip':
      return 'already over'
    case 'repeated':
      return `still ${stateOf(item.severity)}`
    case 'escalated':
      return `${stateOf(item.severity)}, not acknowledged`
    case 'flapping':
      return 'flapping'
    case 'settled':
      return item.severity === 'ok' ? 'settled, ok' : `settled, ${stateOf(item.severity)}`
  }
}

/** The head of the message about a single alert: `warning → critical`, `resolved after 10m, was critical` … */
export function headOf(item: NotificationItem): string {
  return item.times === undefined ? stateHead(item) : `${stateHead(item)} (${item.times} times)`
}

function stateHead(item: NotificationItem): string {
  const was = stateOf(item.previous ?? item.severity)
  const lasted = duration(item.at - item.since)
  switch (item.status) {
    case 'stale':
      return `stale, was ${was}: nothing is heard any more`
    case 'resolved':
      return item.reason === undefined
        ? `resolved after ${lasted}, was ${was}`
        : `closed after ${lasted}, was ${was}: ${oneLine(item.reason, 100)}`
    case 'blip':
      return `${was} for ${lasted}, already over`
    case 'repeated':
      return `still ${stateOf(item.severity)}, for ${lasted}`
    case 'escalated':
      return `${stateOf(item.severity)} for ${lasted}, not acknowledged`
    case 'flapping':
      return `flapping, now ${stateOf(item.severity)}: further changes are not told until it settles`
    default:
      return labelOf(item)
  }
}

/** Something about an alert with its name; `code` where it is a name that may be copied. */
export interface Fact {
  readonly name: string
  readonly value: string
  readonly code: boolean
}

const FACT_LENGTH = 200

/** Where, the number that fired, since when, and when it was over. */
export function factsOf(item: NotificationItem): readonly Fact[] {
  const facts: Fact[] = []
  const add = (name: string, value: string, code = false) => facts.push({ name, value, code })
  const key = item.key.filter((part) => part !== '' && part !== item.host && part !== item.service)
  if (item.host) add('Host', oneLine(item.host, FACT_LENGTH), true)
  if (item.service) add('Service', oneLine(item.service, FACT_LENGTH), true)
  if (key.length > 0) add('Key', oneLine(key.join(' '), FACT_LENGTH), true)
  if (item.metric !== undefined) add('Value', measured(item.metric, item.unit))
  add('Since', sinceOf(item))
  if (isOver(item)) add('Over', utc(item.at))
  return facts
}

/** A metric with its unit: `4.2 %`. */
export function measured(metric: number, unit = ''): string {
  return oneLine(`${figure(metric)} ${unit}`, STATE_LENGTH)
}

/** `2026-01-01 00:00:00 UTC (10m)`, `… (for 10m)` where it is over. */
export function sinceOf(item: NotificationItem): string {
  const lasted = item.at - item.since
  if (lasted < 1_000_000) return utc(item.since)
  return `${utc(item.since)} (${isOver(item) ? 'for ' : ''}${duration(lasted)})`
}

/** Whether hosts can be counted: each item is about a host of its own. */
export function areHosts(items: readonly NotificationItem[]): boolean {
  const hosts = new Set(items.map((item) => item.host ?? ''))
  return hosts.size === items.length && !hosts.has('')
}

/** `23 hosts`, `1 host`, or alerts where hosts cannot be counted. */
export function countOf(items: readonly NotificationItem[], hosts: boolean): string {
  return `${items.length} ${hosts ? 'host' : 'alert'}${items.length === 1 ? '' : 's'}`
}

/** What names an alert: its host where hosts can be counted, else host and service; its key where it has neither. */
export function partsOf(item: NotificationItem, hosts: boolean): readonly string[] {
  const parts = [item.host ?? '', hosts ? '' : (item.service ?? '')].filter((part) => part !== '')
  return parts.length > 0 ? parts : item.key.filter((part) => part !== '')
}

/** The name of an alert, in one line. */
export function nameOf(item: NotificationItem, hosts: boolean): string {
  return oneLine(partsOf(item, hosts).join(' '), NAME_LENGTH) || '(no name)'
}

/** `web-1, web-2, … and 11 more`: each name as `render` gives it, as many as fit into `budget` characters. */
export function listOf(
  items: readonly NotificationItem[],
  hosts: boolean,
  render: (name: string) => string,
  budget = 1_000,
): string {
  const names: string[] = []
  let left = budget
  for (const item of items.slice(0, NAMES_SHOWN)) {
    const name = render(nameOf(item, hosts))
    left -= name.length + 2
    if (left < 0) break
    names.push(name)
  }
  const more = items.length - names.length
  if (more > 0) names.push(`… and ${more} more`)
  return names.join(', ')
}

/** A whole notification in one line of plain text, for logs and where nothing else can be shown. */
export function lineOf(notification: Notification): string {
  const { items, rule } = notification
  const rules = byRule(notification)
  if (rules.length > 1) return oneLine(`${foldedTitle(notification)}: ${rules.map(lineOf).join('; ')}`)
  const [item] = items
  const name = oneLine(rule, NAME_LENGTH)
  if (item !== undefined && items.length === 1) {
    const summary = oneLine(item.summary)
    const [thing = ''] = partsOf(item, false)
    const place = summary.includes(thing) ? '' : ` (${nameOf(item, false)})`
    const since = item.status === 'firing' || item.status === 'changed' ? `, since ${utc(item.since)}` : ''
    return oneLine(`${name}: ${headOf(item)}: ${summary}${place}${since}`)
  }
  const hosts = areHosts(items)
  const told = groupsOf(notification).map(
    (group) =>
      `${countOf(group.items, hosts)} ${group.label}: ${listOf(group.items, hosts, (each) => each, 300)}`,
  )
  return oneLine(`${name}: ${told.join('; ')}`)
}

/** The tone of an item; a notification without items has none that is loud. */
export function toneOf(item: NotificationItem | undefined): Tone {
  if (item === undefined || isOver(item)) return 'over'
  if (item.status === 'stale') return 'stale'
  return item.severity === 'critical' || item.severity === 'warning' ? item.severity : 'other'
}

function stateOf(severity: string): string {
  return oneLine(severity, STATE_LENGTH) || '(no state)'
}

/** Whether the alert does not fire any more. */
export function isOver({ status, severity }: NotificationItem): boolean {
  return status === 'resolved' || status === 'blip' || (status === 'settled' && severity === 'ok')
}

function loudness({ items }: Notification): number {
  return Math.min(...items.map((item) => TONES.indexOf(toneOf(item))))
}
