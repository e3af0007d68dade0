import type { Notification, NotificationItem } from './notification.ts'
import { isOver } from './wording.ts'

/** What is told of one alert: the end of an incident that the receiver has heard of, if any, and how it stands now. */
interface Told {
  readonly ended: NotificationItem | undefined
  readonly newest: NotificationItem
}

/**
 * Several notifications for one destination, in their order, as a single one: each alert in its newest state. An alert
 * that fired and was over becomes one line, a `blip`; of one that fired several times the line says how often.
 *
 * Where they are of several rules, each item names its rule. Give at least one.
 */
export function condense(notifications: readonly Notification[], id: string): Notification {
  const rules = new Set(notifications.flatMap(rulesOf))
  const severalRules = rules.size > 1
  const told = new Map<string, Told>()
  for (const { rule, items } of notifications) {
    for (const item of items) {
      const named = severalRules ? { ...item, rule: item.rule ?? rule } : item
      const name = JSON.stringify([named.rule, item.key])
      told.set(name, after(told.get(name), named))
    }
  }
  const last = notifications.at(-1)
  return {
    id,
    destination: last?.destination ?? '',
    rule: severalRules ? `${rules.size} rules` : (last?.rule ?? ''),
    runbook: severalRules ? undefined : last?.runbook,
    link: last?.link,
    at: Math.max(...notifications.map(({ at }) => at)),
    items: [...told.values()].flatMap(({ ended, newest }) =>
      ended === undefined ? [newest] : [ended, newest],
    ),
    folded: notifications.reduce((sum, { folded = 1 }) => sum + folded, 0),
  }
}

function rulesOf({ rule, items }: Notification): readonly string[] {
  return items.map((item) => item.rule ?? rule)
}

function after(before: Told | undefined, item: NotificationItem): Told {
  if (before === undefined) return { ended: undefined, newest: item }
  const { ended, newest } = before
  if (newest.since === item.since) return { ended, newest: merged(newest, item) }
  if (isUnheard(newest)) return { ended, newest: again(newest, item) }
  const end = isOver(newest) ? newest : endOf(newest, item.since)
  return { ended: ended ?? end, newest: ended === undefined ? item : again(newest, item) }
}

/** Two changes of one incident. */
function merged(before: NotificationItem, item: NotificationItem): NotificationItem {
  const { times } = before
  if (isUnheard(before)) {
    if (isOver(item)) return { ...item, status: 'blip', previous: undefined, times }
    if (item.status === 'flapping' || item.status === 'stale') return { ...item, times }
    const status = [before.status, item.status].includes('escalated') ? 'escalated' : 'firing'
    return { ...item, status, previous: undefined, times }
  }
  const previous = before.previous ?? item.previous
  const unchanged = item.status === 'changed' && previous === item.severity
  return { ...item, status: unchanged ? 'repeated' : item.status, previous, times }
}

/** Another incident of an alert whose earlier one the receiver has not heard of, and need not. */
function again(before: NotificationItem, item: NotificationItem): NotificationItem {
  return { ...item, times: (before.times ?? 1) + (item.times ?? 1) }
}

/** The end of an incident of which the receiver has heard, though not of its end. */
function endOf(item: NotificationItem, at: number): NotificationItem {
  return { ...item, status: 'resolved', previous: item.severity, at }
}

/** Whether it is the first that the receiver hears of this incident. */
function isUnheard({ status }: NotificationItem): boolean {
  return status === 'firing' || status === 'blip' || status === 'escalated'
}
