import type { AlertView, Row } from 'weir-hub/live'
import { naturalKey } from './order.ts'
import { keyOf } from './rows.ts'
import { KINDS, type Kind, kindOf, rankOf } from './states.ts'

/** How many services are in a state of each kind. */
export type Counts = Readonly<Record<Kind, number>>

/** A host with its services counted. The name is empty for what came without a host. */
export interface HostTally {
  readonly host: string
  readonly worst: Kind
  readonly counts: Counts
}

/** The hosts, worst first, and the counts of all rows. */
export interface Tally {
  readonly hosts: readonly HostTally[]
  readonly rows: Counts
}

/**
 * Counts the services of each host by what their rows show. An alert whose host and service have no row counts as a
 * service of its own, so a host that only alerts know is there too. Among hosts that are equally bad, the one with more
 * services in that state comes first where it is trouble; then by name.
 */
export function tally(rows: Iterable<Row>, alerts: readonly AlertView[]): Tally {
  const hosts = new Map<string, Record<Kind, number>>()
  const counted = noCounts()
  const add = (host: string | null, kind: Kind): void => {
    const name = host ?? ''
    const counts = hosts.get(name) ?? noCounts()
    hosts.set(name, counts)
    counts[kind]++
  }

  const alerted = new Map<string, AlertView>()
  for (const alert of alerts) {
    const key = keyOf(alert.host, alert.service)
    const other = alerted.get(key)
    if (other === undefined || badness(alert) < badness(other)) alerted.set(key, alert)
  }
  for (const row of rows) {
    const kind = kindOf(row.shown)
    add(row.host, kind)
    counted[kind]++
    if (alerted.size > 0) alerted.delete(keyOf(row.host, row.service))
  }
  for (const { host, severity } of alerted.values()) add(host, kindOf(severity))

  return { hosts: worstFirst(hosts), rows: counted }
}

function worstFirst(hosts: ReadonlyMap<string, Counts>): readonly HostTally[] {
  const keyed = Array.from(hosts, ([host, counts]) => {
    const worst = KINDS.find((kind) => counts[kind] > 0) ?? 'none'
    return { host, worst, counts, rank: rankOf(worst), name: naturalKey(host) }
  })
  keyed.sort((a, b) => a.rank - b.rank || weight(b) - weight(a) || (a.name < b.name ? -1 : 1))
  return keyed.map(({ host, worst, counts }) => ({ host, worst, counts }))
}

/** How many services are as bad as the worst, where that matters. */
function weight({ worst, counts }: { readonly worst: Kind; readonly counts: Counts }): number {
  return worst === 'critical' || worst === 'warning' ? counts[worst] : 0
}

function badness(alert: AlertView): number {
  return rankOf(kindOf(alert.severity))
}

function noCounts(): Record<Kind, number> {
  return { critical: 0, warning: 0, stale: 0, expired: 0, other: 0, ok: 0, none: 0 }
}
