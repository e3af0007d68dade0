import { type AcknowledgeLink, acknowledgeLinkOf } from './acknowledge-link.ts'
import type { DeliveryIo, Notification, NotificationItem } from './notification.ts'
import { isWeb, oneLine } from './plain-text.ts'
import { SIGNS } from './signs.ts'
import { code, escaped, link } from './slack-text.ts'
import {
  areHosts,
  byRule,
  countOf,
  factsOf,
  foldedTitle,
  type Group,
  groupsOf,
  headOf,
  lineOf,
  listOf,
  measured,
  nameOf,
  partsOf,
  remarksOf,
  sinceOf,
  toneOf,
} from './wording.ts'

/** Slack's limits of a message that matter here; it answers `invalid_blocks` or cuts beyond them. */
export const SLACK_LIMITS = {
  text: 40_000,
  sectionText: 3_000,
  fieldText: 2_000,
  fields: 10,
  blocks: 50,
} as const

export interface SlackText {
  type: 'mrkdwn'
  text: string
  /** Slack makes no links of addresses, names and channels in it. */
  verbatim: true
}

export type SlackBlock =
  | { type: 'section'; text: SlackText }
  | { type: 'section'; fields: SlackText[] }
  | { type: 'context'; elements: SlackText[] }

/** What is posted to a webhook. */
export interface SlackMessage {
  /** Shown where blocks are not: in the notification of a phone. */
  text: string
  blocks: SlackBlock[]
  /** The details, with a coloured bar beside them: one for each group of alerts. */
  attachments: { color: string; blocks: SlackBlock[] }[]
  unfurl_links: false
  unfurl_media: false
}

const GROUPS_SHOWN = 6
const ITEMS_SHOWN = 10
const EXAMPLES_SHOWN = 5
const RULES_SHOWN = 20
const NAMES_BUDGET = 120

/**
 * A notification as a message for a Slack webhook: what, where, how bad, since when, the number that fired, runbook
 * and link. Text from events is escaped; what is too much is left out by whole alerts, and the message says how many.
 * With `now`, in microseconds, it also says if it is late. With `acknowledgeLink` there is a link to acknowledge
 * what is not over.
 */
export function slackMessage(
  notification: Notification,
  now?: number,
  acknowledgeLink?: DeliveryIo['acknowledgeLink'],
): SlackMessage {
  const [item] = notification.items
  const rules = byRule(notification)
  const alone = item !== undefined && notification.items.length === 1
  const { emoji, head, attachments } = alone
    ? aboutOne(notification, item)
    : rules.length > 1
      ? aboutRules(notification, rules)
      : aboutMany(notification)
  const remarks = remarksOf(notification, now).map((remark) => mrkdwn(remark))
  const acknowledge = acknowledgeLinkOf(notification, acknowledgeLink)
  const notes = [...remarks, ...linksOf(notification, acknowledge)]
  if (notes.length > 0) attachments.at(-1)?.blocks.push({ type: 'context', elements: notes })
  return {
    text: `${emoji} ${escaped(lineOf(notification))}`,
    blocks: [section(`${emoji} ${head}`)],
    attachments,
    unfurl_links: false,
    unfurl_media: false,
  }
}

type Parts = Pick<SlackMessage, 'attachments'> & { readonly emoji: string; readonly head: string }

function aboutOne({ rule }: Notification, item: NotificationItem): Parts {
  const { emoji, color } = SIGNS[toneOf(item)]
  const blocks: SlackBlock[] = [{ type: 'section', fields: fieldsOf(item) }]
  const description = oneLine(item.description ?? '', 500)
  if (description !== '' && !oneLine(item.summary).includes(description)) {
    blocks.push(section(escaped(description)))
  }
  const head = `*${escaped(rule, 100)}*: ${escaped(headOf(item))}\n${escaped(item.summary, 300)}`
  return { emoji, head, attachments: [{ color, blocks }] }
}

function fieldsOf(item: NotificationItem): SlackText[] {
  return factsOf(item).map((fact) =>
    mrkdwn(`*${fact.name}*\n${fact.code ? code(fact.value) : escaped(fact.value)}`),
  )
}

function aboutMany(notification: Notification): Parts {
  const hosts = areHosts(notification.items)
  const groups = groupsOf(notification)
  const counts = groups.map(({ items, label }) => `${countOf(items, hosts)} ${escaped(label)}`)
  const tally = fitting(counts.slice(0, GROUPS_SHOWN), 2_000)
  const others = counts.length - tally.length
  const rest = others === 0 ? '' : `, and ${others} other states`
  const { emoji } = SIGNS[groups[0]?.tone ?? 'over']
  const attachments = groups
    .slice(0, tally.length)
    .map((group, index) => detailsOf(group, hosts, groups.length === 1 ? undefined : `*${counts[index]}*`))
  const head = `*${escaped(notification.rule, 100)}*: ${tally.join(', ')}${rest}`
  return { emoji, head, attachments }
}

/** How many of what each rule has to tell. */
function aboutRules(notification: Notification, rules: readonly Notification[]): Parts {
  const { emoji, color } = SIGNS[toneOf(groupsOf(notification)[0]?.items[0])]
  const lines = rules.slice(0, RULES_SHOWN).map((each) => {
    const hosts = areHosts(each.items)
    const groups = groupsOf(each).slice(0, GROUPS_SHOWN)
    const counts = groups.map(({ items, label }) => `${countOf(items, hosts)} ${escaped(label)}`)
    const names = listOf(groups[0]?.items ?? [], hosts, (name) => code(name), NAMES_BUDGET)
    return `• *${escaped(each.rule, 100)}*: ${counts.join(', ')}: ${names}`
  })
  const shown = fitting(lines, 2_900)
  if (shown.length < rules.length) shown.push(`… and ${rules.length - shown.length} more rules`)
  const head = `*${escaped(foldedTitle(notification))}*`
  return { emoji, head, attachments: [{ color, blocks: [section(shown.join('\n'))] }] }
}

/** Few alerts have a line each; of many the names are listed, and the first have a line. */
function detailsOf(
  { items, tone }: Group,
  hosts: boolean,
  heading: string | undefined,
): SlackMessage['attachments'][number] {
  const many = items.length > ITEMS_SHOWN
  const names = many ? listOf(items, hosts, (name) => code(name), 2_000) : undefined
  const lines = fitting(
    items.slice(0, many ? EXAMPLES_SHOWN : ITEMS_SHOWN).map((item) => lineFor(item, hosts)),
    2_900,
  )
  if (lines.length < items.length) lines.push(`… and ${items.length - lines.length} more`)
  const top = [heading, names].filter((text) => text !== undefined).join('\n')
  return {
    color: SIGNS[tone].color,
    blocks: [...(top === '' ? [] : [section(top)]), section(lines.join('\n'))],
  }
}

function lineFor(item: NotificationItem, hosts: boolean): string {
  const said = partsOf(item, hosts).every((part) => item.summary.includes(part))
  const name = said ? '' : `${code(nameOf(item, hosts))} `
  const value = item.metric === undefined ? '' : ` · value ${escaped(measured(item.metric, item.unit))}`
  const times = item.times === undefined ? '' : ` · ${item.times} times`
  return `• ${name}${escaped(item.summary, 200)}${value} · since ${sinceOf(item)}${times}`
}

function linksOf(
  { runbook, link: page }: Notification,
  acknowledge: AcknowledgeLink | undefined,
): SlackText[] {
  const links: SlackText[] = []
  if (runbook !== undefined && runbook !== '') {
    links.push(mrkdwn(isWeb(runbook) ? link(runbook, 'Runbook') : `Runbook: ${code(runbook, 200)}`))
  }
  if (acknowledge !== undefined && isWeb(acknowledge.target))
    links.push(mrkdwn(link(acknowledge.target, acknowledge.name)))
  if (page !== undefined && isWeb(page)) links.push(mrkdwn(link(page, 'Open Weir')))
  return links
}

/** The first of these texts, as many as fit. */
function fitting(texts: readonly string[], budget: number): string[] {
  let left = budget
  return texts.filter((text) => {
    left -= text.length + 2
    return left >= 0
  })
}

/** A block of text that was made by `escaped` and its siblings. */
export function section(text: string): SlackBlock {
  return { type: 'section', text: mrkdwn(text) }
}

function mrkdwn(text: string): SlackText {
  return { type: 'mrkdwn', text, verbatim: true }
}
