import { openUntil } from '../clock/window.ts'
import type { Alert, Withheld } from './alert.ts'
import type { Silences } from './silence.ts'

/** What telling knows of the book. */
export interface Open {
  get(name: string): Alert | undefined
  all(): Iterable<readonly [name: string, alert: Alert]>
  /** The id of an alert of this rule that fires for this host. */
  firing(rule: string, host: string | undefined): string | undefined
  replace(name: string, alert: Alert): void
}

/** What stands against telling an alert now: a silence, a maintenance window, or the alert of a rule that it depends on. */
export function reasonAgainst(
  alert: Alert,
  now: number,
  silences: Silences,
  open: Open,
): Withheld | undefined {
  const silence = silences.find(alert)
  if (silence !== undefined) return { reason: 'silence', by: silence.id, until: silence.until }
  for (const window of alert.policy.maintenance) {
    const until = openUntil(window, now)
    if (until !== undefined) {
      return { reason: 'maintenance', by: `${window.from}-${window.to} ${window.timeZone}`, until }
    }
  }
  for (const rule of alert.policy.dependsOn) {
    const parent = open.firing(rule, alert.event.host)
    if (parent !== undefined && parent !== alert.id)
      return { reason: 'dependsOn', by: parent, until: undefined }
  }
  return undefined
}
