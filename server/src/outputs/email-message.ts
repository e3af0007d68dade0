import { createHash } from 'node:crypto'
import { html } from '../html.ts'
import { type AcknowledgeLink, acknowledgeLinkOf } from './acknowledge-link.ts'
import type { DeliveryIo, Notification, NotificationItem } from './notification.ts'
import { isWeb, oneLine, utc } from './plain-text.ts'
import { SIGNS } from './signs.ts'
import {
  areHosts,
  byRule,
  countOf,
  type Fact,
  factsOf,
  foldedTitle,
  groupsOf,
  headOf,
  labelOf,
  lineOf,
  measured,
  nameOf,
  partsOf,
  remarksOf,
  type Tone,
  toneOf,
} from './wording.ts'

/** A notification as an email, but for whom it is from and to. */
export interface EmailMessage {
  readonly subject: string
  readonly text: string
  readonly html: string
  /** The same in each attempt, so that a mail server may drop a repetition. */
  readonly messageId: string
  /** What makes the messages about an incident one thread. */
  readonly references: readonly string[]
  readonly urgent: boolean
}

const SUBJECT_LENGTH = 150
/** How many lines a group has before the rest is counted. */
const LINES_SHOWN = 50
const REFERENCES = 20

/** What the text and the HTML of a message both say. */
interface Content {
  readonly tone: Tone
  readonly title: string
  readonly summary: string
  readonly facts: readonly Fact[]
  readonly description: string
  readonly sections: readonly { readonly heading: string; readonly lines: readonly string[] }[]
  readonly links: readonly { readonly name: string; readonly target: string }[]
  readonly remarks: readonly string[]
}

/** `domain` is that of the sender; with `now`, in microseconds, the message also says if it is late. */
export function emailMessage(
  notification: Notification,
  domain: string,
  now?: number,
  acknowledgeLink?: DeliveryIo['acknowledgeLink'],
): EmailMessage {
  const content = contentOf(notification, now, acknowledgeLinkOf(notification, acknowledgeLink))
  const incidents = notification.items
    .slice(0, REFERENCES)
    .map((item) =>
      idOf(domain, notification.destination, item.rule ?? notification.rule, item.key, item.since),
    )
  const [item, ...others] = notification.items
  // The first message of an incident is the one that the others refer to.
  const isFirst = item?.status === 'firing' && others.length === 0
  const own = idOf(domain, notification.destination, notification.id)
  return {
    subject: subjectOf(notification),
    text: textOf(content),
    html: htmlOf(content),
    messageId: isFirst ? (incidents[0] ?? own) : own,
    references: isFirst ? [] : incidents,
    urgent: content.tone === 'critical' || content.tone === 'other',
  }
}

function idOf(domain: string, ...parts: readonly unknown[]): string {
  return `<weir.${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)}@${domain}>`
}

function subjectOf(notification: Notification): string {
  const [item] = notification.items
  if (item === undefined) return oneLine(lineOf(notification), SUBJECT_LENGTH)
  if (notification.items.length === 1) {
    return oneLine(`[${labelOf(item)}] ${named(item, true)}`, SUBJECT_LENGTH)
  }
  const [loudest] = groupsOf(notification)
  return oneLine(`[${loudest?.label}] ${titleOf(notification)}`, SUBJECT_LENGTH)
}

function titleOf(notification: Notification): string {
  if (byRule(notification).length > 1) return foldedTitle(notification)
  return `${oneLine(notification.rule, 100)}: ${tallyOf(notification)}`
}

/** `20 hosts critical, 3 hosts resolved`. */
function tallyOf(notification: Notification): string {
  const hosts = areHosts(notification.items)
  return groupsOf(notification)
    .map(({ items, label }) => `${countOf(items, hosts)} ${label}`)
    .join(', ')
}

function contentOf(
  notification: Notification,
  now: number | undefined,
  acknowledge: AcknowledgeLink | undefined,
): Content {
  const [item] = notification.items
  const one = item !== undefined && notification.items.length === 1 ? item : undefined
  const { runbook = '', link = '' } = notification
  const description = oneLine(one?.description ?? '', 500)
  return {
    tone: toneOf(groupsOf(notification)[0]?.items[0]),
    title: one === undefined ? titleOf(notification) : `${oneLine(notification.rule, 100)}: ${headOf(one)}`,
    summary: one === undefined ? '' : oneLine(one.summary, 300),
    facts: one === undefined ? [] : factsOf(one),
    description: one?.summary.includes(description) === true ? '' : description,
    sections: one === undefined ? sectionsOf(notification) : [],
    links: [
      ...(oneLine(runbook) === '' ? [] : [{ name: 'Runbook', target: oneLine(runbook) }]),
      ...(acknowledge === undefined ? [] : [acknowledge]),
      ...(isWeb(link) ? [{ name: 'Open Weir', target: link }] : []),
    ],
    remarks: remarksOf(notification, now),
  }
}

function sectionsOf(notification: Notification): Content['sections'] {
  const rules = byRule(notification)
  return rules.flatMap((each) => {
    const hosts = areHosts(each.items)
    const rule = rules.length > 1 ? `${oneLine(each.rule, 100)}: ` : ''
    return groupsOf(each).map(({ items, label }) => {
      const lines = items.slice(0, LINES_SHOWN).map((item) => lineFor(item, hosts))
      if (items.length > LINES_SHOWN) lines.push(`… and ${items.length - LINES_SHOWN} more`)
      return { heading: `${rule}${countOf(items, hosts)} ${label}`, lines }
    })
  })
}

function lineFor(item: NotificationItem, hosts: boolean): string {
  const value = item.metric === undefined ? '' : ` · value ${measured(item.metric, item.unit)}`
  const times = item.times === undefined ? '' : ` · ${item.times} times`
  return `${named(item, hosts)}${value} · since ${utc(item.since)}${times}`
}

/** The summary, with the name of the alert before it where it does not say that itself. */
function named(item: NotificationItem, hosts: boolean): string {
  const said = partsOf(item, true).every((part) => item.summary.includes(part))
  return oneLine(said ? item.summary : `${nameOf(item, hosts)}: ${item.summary}`, 300)
}

function textOf(content: Content): string {
  const width = Math.max(...content.facts.map(({ name }) => name.length))
  const paragraphs = [
    [content.title, content.summary],
    content.facts.map(({ name, value }) => `${name.padEnd(width)}  ${value}`),
    [content.description],
    ...content.sections.map(({ heading, lines }) => [heading, ...lines.map((line) => `- ${line}`)]),
    content.links.map(({ name, target }) => `${name}: ${target}`),
    content.remarks,
  ]
  return `${paragraphs
    .map((lines) => lines.filter((line) => line !== '').join('\n'))
    .filter((paragraph) => paragraph !== '')
    .join('\n\n')}\n`
}

function htmlOf(content: Content): string {
  const facts = content.facts.map(
    ({ name, value, code }) =>
      `<tr><td style="padding:0 16px 0 0;color:#667">${html(name)}</td><td>${code ? `<code>${html(value)}</code>` : html(value)}</td></tr>`,
  )
  const sections = content.sections.map(
    ({ heading, lines }) =>
      `<p><b>${html(heading)}</b></p><ul>${lines.map((line) => `<li>${html(line)}</li>`).join('')}</ul>`,
  )
  const links = content.links.map(({ name, target }) =>
    isWeb(target)
      ? `<a href="${html(new URL(target).href)}">${html(name)}</a>`
      : `${html(name)}: <code>${html(target)}</code>`,
  )
  const parts = [
    `<p style="font-size:16px"><b>${html(content.title)}</b></p>`,
    content.summary === '' ? '' : `<p>${html(content.summary)}</p>`,
    facts.length === 0 ? '' : `<table cellpadding="0" cellspacing="0">${facts.join('')}</table>`,
    content.description === '' ? '' : `<p>${html(content.description)}</p>`,
    ...sections,
    links.length === 0 ? '' : `<p>${links.join(' &middot; ')}</p>`,
    content.remarks.length === 0
      ? ''
      : `<p style="color:#667">${content.remarks.map(html).join(' &middot; ')}</p>`,
  ]
  const bar = SIGNS[content.tone].color
  return [
    '<!doctype html><html><head><meta charset="utf-8"></head><body>',
    `<div style="font-family:sans-serif;font-size:14px;border-left:4px solid ${bar};padding:0 0 0 12px">`,
    ...parts.filter((part) => part !== ''),
    '</div></body></html>',
  ].join('\n')
}
