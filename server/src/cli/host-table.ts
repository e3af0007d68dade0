import type { Event } from 'weir-protocol'
import type { AlertReport } from '../api/reports/alerts.ts'

/** A host, and how it is with its services. */
export interface HostRow {
  readonly host: string
  /** The worst of its services' states; null where none has one. */
  readonly state: string | null
  /** How many services have which state, `null` the empty text. */
  readonly states: Readonly<Record<string, number>>
  readonly services: number
  /** When the latest of its events happened, in microseconds; null where only an alert is left of it. */
  readonly heard: number | null
  /** What is worst. */
  readonly worst: string
}

interface Service {
  readonly state: string | undefined
  readonly heard: number | undefined
  readonly text: string
}

/** The hosts of a hub by state, from its events and its open alerts. */
export class HostTable {
  readonly #hosts = new Map<string, Map<string, Service>>()
  #alerts: readonly AlertReport[] = []

  /** Forgets all events: the hub tells what there is again. */
  clear(): void {
    this.#hosts.clear()
  }

  /** What the hub tells; an expired event takes its service out. */
  event({ host = '', service = '', state, metric, description, time }: Event): void {
    const services = this.#hosts.get(host) ?? new Map<string, Service>()
    if (state === 'expired') services.delete(service)
    else
      services.set(service, {
        state,
        heard: time,
        text: [service, metric, description].filter((part) => part !== undefined).join(' '),
      })
    if (services.size > 0) this.#hosts.set(host, services)
    else this.#hosts.delete(host)
  }

  /** The alerts that are open now: each makes its service as bad as it is. */
  alerts(alerts: readonly AlertReport[]): void {
    this.#alerts = alerts
  }

  /** The worst first, then by name. */
  rows(): readonly HostRow[] {
    const all = new Map([...this.#hosts].map(([host, services]) => [host, new Map(services)]))
    for (const { host, service, severity, summary } of this.#alerts) {
      const services = all.get(host ?? '') ?? new Map<string, Service>()
      all.set(host ?? '', services)
      const known = services.get(service ?? '')
      if (known === undefined || rankOf(known.state) <= rankOf(severity))
        services.set(service ?? '', { state: severity, heard: known?.heard, text: summary })
    }
    return [...all]
      .map(([host, services]) => rowOf(host, [...services.values()]))
      .sort(
        (a, b) =>
          rankOf(b.state) - rankOf(a.state) ||
          worstCount(b) - worstCount(a) ||
          (a.host < b.host ? -1 : a.host > b.host ? 1 : 0),
      )
  }
}

function rowOf(host: string, services: readonly Service[]): HostRow {
  const states: Record<string, number> = Object.create(null)
  let worst: Service | undefined
  let heard: number | undefined
  for (const service of services) {
    states[service.state ?? ''] = (states[service.state ?? ''] ?? 0) + 1
    if (worst === undefined || rankOf(service.state) > rankOf(worst.state)) worst = service
    if (service.heard !== undefined && service.heard > (heard ?? 0)) heard = service.heard
  }
  const state = worst?.state ?? null
  return {
    host: host === '' ? '-' : host,
    state,
    states,
    services: services.length,
    heard: heard ?? null,
    worst: rankOf(state) > rankOf('ok') ? (worst?.text ?? '') : '',
  }
}

function worstCount({ state, states }: HostRow): number {
  return states[state ?? ''] ?? 0
}

const RANKS: Readonly<Record<string, number>> = { ok: 1, warning: 3, critical: 4 }

/** The higher, the worse; a state that nobody knows is between ok and warning, none at all is the least. */
function rankOf(state: string | null | undefined): number {
  if (state === undefined || state === null) return 0
  return Object.hasOwn(RANKS, state) ? (RANKS[state] ?? 2) : 2
}
