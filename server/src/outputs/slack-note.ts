import type { NotificationItem } from './notification.ts'
import { utc } from './plain-text.ts'
import { SIGNS } from './signs.ts'
import { type SlackBlock, section } from './slack-message.ts'
import { code, escaped } from './slack-text.ts'
import { headOf, measured, nameOf, partsOf, toneOf } from './wording.ts'

const LINES = 10

/** Changes as an entry in the thread of a message: a line each, at most ten. */
export function slackNote(items: readonly NotificationItem[]): { text: string; blocks: SlackBlock[] } {
  const lines = items.slice(0, LINES).map((item) => lineOf(item, items.length > 1))
  if (items.length > LINES) lines.push(`… and ${items.length - LINES} more`)
  const text = lines.join('\n')
  return { text, blocks: [section(text)] }
}

function lineOf(item: NotificationItem, named: boolean): string {
  const said = !named || partsOf(item, false).every((part) => item.summary.includes(part))
  const name = said ? '' : `${code(nameOf(item, false))} `
  const value = item.metric === undefined ? '' : ` · value ${escaped(measured(item.metric, item.unit))}`
  const head = `${SIGNS[toneOf(item)].emoji} ${escaped(headOf(item))}`
  return `${head}: ${name}${escaped(item.summary, 100)}${value} · ${utc(item.at)}`
}
