import type { AlertView } from 'weir-hub/live'
import { kindOf, rankOf } from './states.ts'

/** The alerts worst first; of one severity those that fire before those that are stale, then the newest first. */
export function alertsWorstFirst(alerts: readonly AlertView[]): readonly AlertView[] {
  return alerts.toSorted(
    (a, b) =>
      rankOf(kindOf(a.severity)) - rankOf(kindOf(b.severity)) ||
      Number(a.status === 'stale') - Number(b.status === 'stale') ||
      b.since - a.since ||
      (a.id < b.id ? -1 : 1),
  )
}
