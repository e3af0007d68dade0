import type { DatabaseSync } from 'node:sqlite'
import type { Wall } from '../clock/wall.ts'
import type { Hub } from '../hub.ts'
import { notificationOf } from '../outputs/delivery-attempt.ts'
import type { Outbox, OutboxStatus } from '../outputs/outbox.ts'
import { isOver } from '../outputs/wording.ts'

/** How long it is waited for the messages of a drill. */
const PATIENCE_MS = 60_000

/** What became of the messages of a drill: each with its destination, and why nobody is told, where that is so. */
export interface DrillOutcome {
  readonly messages: readonly {
    readonly destination: string
    readonly status: OutboxStatus
    readonly error: string | null
  }[]
  readonly withheld: string | null
}

/**
 * Waits until the messages of a drill were sent or given up, at most a minute: those of its beginning, or of its end.
 * Where something holds it back, or nobody is to be told, it answers at once.
 */
export function drillOutcome(
  { hub, db, outbox }: { readonly hub: Hub; readonly db: DatabaseSync; readonly outbox: Outbox },
  wall: Wall,
  { alert, over }: { readonly alert: string; readonly over: boolean },
): Promise<DrillOutcome> {
  const {
    since = 0,
    key = '[]',
    notify = '[]',
  } = db.prepare('select since, key, notify from alerts where id = ?').get(alert) ?? {}
  const expected = listOf(notify).length
  const later = db.prepare('select id from outbox where at >= ? order by seq')
  const look = (): DrillOutcome => {
    const messages = later.all(since).flatMap(({ id }) => {
      const row = outbox.row(String(id))
      const items = row === undefined ? [] : (notificationOf(row)?.items ?? [])
      const about = items.find((item) => item.since === since && JSON.stringify(item.key) === key)
      if (row === undefined || about === undefined || isOver(about) !== over) return []
      return [{ destination: row.destination, status: row.status, error: row.lastError ?? null }]
    })
    const open = [...hub.fold.book.open].find(({ id }) => id === alert)
    return {
      messages,
      withheld: open?.withheld === undefined ? null : `${open.withheld.reason} ${open.withheld.by}`,
    }
  }
  return new Promise((resolve) => {
    const finish = (): void => {
      stopListening()
      cancel()
      resolve(look())
    }
    const check = (): void => {
      const { messages, withheld } = look()
      const settled = messages.length >= expected && messages.every(({ status }) => status !== 'pending')
      if (settled || withheld !== null) finish()
    }
    const stopListening = hub.onAlerts(check)
    const cancel = wall.after(PATIENCE_MS, finish)
    check()
  })
}

function listOf(json: unknown): readonly string[] {
  const list: unknown = JSON.parse(String(json))
  return Array.isArray(list) ? list.map(String) : []
}
