import type { Alert } from '../alerts/alert.ts'

/** What the row of a host and service shows instead of its own state. */
export interface Shown {
  readonly host: string | undefined
  readonly service: string | undefined
  readonly severity: string
}

/** The worst severity that fires for each host and service, by `nameOf`. */
export function shownByAlerts(open: Iterable<Alert>): ReadonlyMap<string, Shown> {
  const worst = new Map<string, Shown>()
  for (const { event, severity, status } of open) {
    if (status !== 'firing') continue
    const { host, service } = event
    const name = nameOf(host, service)
    const known = worst.get(name)
    if (known === undefined || rank(severity) > rank(known.severity))
      worst.set(name, { host, service, severity })
  }
  return worst
}

/** At most `limit` alerts: critical ones before warnings before others, and of each the ones that are open longest. */
export function worstOf(open: Iterable<Alert>, limit: number): readonly Alert[] {
  const byRank: Alert[][] = [[], [], []]
  for (const alert of open) {
    const same = byRank[2 - rank(alert.severity)]
    if (same !== undefined && same.length < limit) same.push(alert)
  }
  return byRank.flat().slice(0, limit)
}

/** One text for a host and service. */
export function nameOf(host: string | undefined, service: string | undefined): string {
  return JSON.stringify([host ?? null, service ?? null])
}

function rank(severity: string): number {
  return severity === 'critical' ? 2 : severity === 'warning' ? 1 : 0
}
