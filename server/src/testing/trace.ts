import type { Event } from 'weir-protocol'
import type { AlertChange } from '../alerts/alert.ts'
import { spell } from '../clock/duration.ts'
import type { Notification } from '../outputs/notification.ts'
import { aligned, EXACT, severityOf, targetsOf } from './tables.ts'

/** An event that came in, or undefined where the clock alone went on, and what came of it. */
export interface Moved {
  readonly at: number
  readonly event: Event | undefined
  readonly changes: readonly AlertChange[]
  readonly notifications: readonly Notification[]
}

interface Quiet {
  readonly at: number
  last: number
  count: number
}

/**
 * What went in and what came out, as an aligned table. Events that look the same and of which nothing came, one after
 * the other or between each other, are one line up to the next that something came of: with their number and the last
 * moment.
 */
export function trace(moves: readonly Moved[]): string {
  const rows: string[][] = []
  const quiet = new Map<string, Quiet>()
  const flush = () => {
    for (const [text, { at, last, count }] of quiet) {
      const more = count === 1 ? '' : `  (${count} times, until ${spell(last, EXACT)})`
      rows.push([spell(at, EXACT), `${text}${more}`])
    }
    quiet.clear()
  }
  for (const { at, event, changes, notifications } of moves) {
    const text = event === undefined ? '' : eventText(event)
    const out = outcomes(changes, notifications)
    if (out.length > 0) {
      flush()
      // Timers come due between events, each at its own moment.
      for (const [n, { at: when, what }] of out.entries()) {
        const first = n === 0 && event !== undefined
        const again = n > 0 && out[n - 1]?.at === when
        rows.push([again ? '' : spell(event === undefined ? when : at, EXACT), first ? text : '', what])
      }
    } else if (event !== undefined) {
      const same = quiet.get(text)
      if (same === undefined) quiet.set(text, { at, last: at, count: 1 })
      else {
        same.last = at
        same.count += 1
      }
    }
  }
  flush()
  return aligned(rows)
}

function outcomes(changes: readonly AlertChange[], notifications: readonly Notification[]) {
  const out = changes.map((change) => {
    const what = `${change.kind} ${severityOf(change)} ${nameOf(change.alert.event)} -> ${targetsOf(change)}`
    return { at: change.at, what }
  })
  const told = notifications.map(({ at, destination, items }) => ({
    at,
    what: `told ${destination}: ${items.map(({ summary }) => summary).join('; ')}`,
  }))
  return [...out, ...told].toSorted((a, b) => a.at - b.at)
}

function eventText({ host, service, state, metric }: Event): string {
  return [host, service, state, metric].filter((part) => part !== undefined).join(' ')
}

function nameOf({ host, service }: Event): string {
  return [host, service].filter((part) => part !== undefined).join(' ')
}
