import { condense } from './condense.ts'
import { notificationOf } from './delivery-attempt.ts'
import type { Destination, Notification } from './notification.ts'
import type { Outbox, OutboxRow } from './outbox.ts'

/** Microseconds after which what still waits is no news any more: each alert is told as it stands. */
const PATIENCE = 2 * 60 * 1_000_000
/** How many messages are folded at a time. */
const ROWS = 1_000
/** How many alerts a folded message tells of, unless one message alone has more. */
const ITEMS = 10_000

interface Waiting {
  readonly row: OutboxRow
  readonly notification: Notification
}

/**
 * Folds what waits for a destination, where that is too much or too old to be told message by message, and says how
 * many messages became how many.
 *
 * With more messages than the destination's budget, or the oldest decided more than two minutes before `now`
 * (microseconds), the messages of each rule become one; where the rules are more than the budget, or one message is
 * about several already, all become one.
 * Without a budget nothing is folded.
 */
export function foldWaiting(
  outbox: Outbox,
  { name, budget }: Destination,
  now: number,
): { readonly from: number; readonly to: number } | undefined {
  if (budget === undefined || !Number.isFinite(budget)) return undefined
  const most = Math.max(1, Math.floor(budget))
  const first = outbox.pending(name, most + 1)
  const [oldest] = first
  if (oldest === undefined || first.length < 2) return undefined
  const crowded = first.length > most
  if (!crowded && now - oldest.at <= PATIENCE) return undefined
  const rules = new Map<string, Waiting[]>()
  for (const row of outbox.pending(name, ROWS)) {
    const notification = notificationOf(row)
    if (notification === undefined) continue
    const known = rules.get(notification.rule)
    if (known === undefined) rules.set(notification.rule, [{ row, notification }])
    else known.push({ row, notification })
  }
  const byRule = [...rules.values()]
  const all = byRule.flat().sort((a, b) => a.row.at - b.row.at)
  // What follows a message about several rules joins it: it may be about the same alerts.
  const isOne = byRule.length > most || all.some(({ notification }) => isAboutSeveral(notification))
  const groups = isOne ? [all] : byRule
  const folds = groups.flatMap(parcels).filter((parcel) => parcel.length > 1)
  for (const parcel of folds) {
    const last = parcel.at(-1)?.row.id ?? ''
    const rows = parcel.map(({ row }) => row)
    const notifications = parcel.map(({ notification }) => notification)
    outbox.fold(rows, condense(notifications, `fold-${rows.length}-${last}`))
  }
  if (folds.length === 0) return undefined
  return { from: folds.reduce((sum, parcel) => sum + parcel.length, 0), to: folds.length }
}

function isAboutSeveral({ items }: Notification): boolean {
  return items.some(({ rule }) => rule !== undefined)
}

/** Cut so that no folded message has too many alerts. */
function parcels(waiting: readonly Waiting[]): readonly Waiting[][] {
  const cut: Waiting[][] = []
  let room = 0
  for (const each of waiting) {
    const { length } = each.notification.items
    const last = cut.at(-1)
    if (last === undefined || length > room) {
      cut.push([each])
      room = ITEMS - length
    } else {
      last.push(each)
      room -= length
    }
  }
  return cut
}
