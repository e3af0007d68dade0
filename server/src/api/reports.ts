import type { DatabaseSync } from 'node:sqlite'
import { makeEvent } from 'weir-protocol'
import { z } from 'zod'
import type { Cause } from '../alerts/alert.ts'
import type { Hub } from '../hub.ts'
import type { Outbox } from '../outputs/outbox.ts'
import { type ExplainedRule, explainRules } from '../rules/explain.ts'

/** An open alert, as people are shown it; times in microseconds. */
export interface AlertReport {
  readonly id: string
  readonly rule: string
  readonly host: string | null
  readonly service: string | null
  readonly status: string
  readonly severity: string
  readonly since: number
  readonly summary: string
  /** Who was told, or why nobody was. */
  readonly told: readonly string[]
  readonly withheld: string | null
  readonly acknowledged: { readonly who: string; readonly why: string; readonly until: number | null } | null
}

/** The open alerts, the oldest first. */
export function alertReport(hub: Hub): readonly AlertReport[] {
  return [...hub.fold.book.open].map(
    ({ id, rule, event, status, severity, since, summary, told, withheld, acknowledged }) => ({
      id,
      rule,
      host: event.host ?? null,
      service: event.service ?? null,
      status,
      severity,
      since,
      summary,
      told,
      withheld: withheld === undefined ? null : `${withheld.reason} ${withheld.by}`,
      acknowledged:
        acknowledged === undefined
          ? null
          : { who: acknowledged.who, why: acknowledged.why, until: acknowledged.until ?? null },
    }),
  )
}

/** What is known of one service of a host: its event, the rules that it concerns, its open alerts. Times in microseconds. */
export interface Explanation {
  readonly event: {
    readonly state: string | null
    readonly metric: number | null
    readonly arrival: number
  } | null
  readonly rules: readonly ExplainedRule[]
  readonly alerts: readonly (AlertReport & { readonly cause: Cause })[]
}

export function explanationReport(hub: Hub, host: string, service: string): Explanation {
  const { index, engine, book } = hub.fold
  const entry = index.entry(host, service)
  const open = new Map([...book.open].map((alert) => [alert.id, alert]))
  const event = entry?.event ?? makeEvent({ host, service, time: hub.now() })
  return {
    event:
      entry === undefined
        ? null
        : { state: event.state ?? null, metric: event.metric ?? null, arrival: entry.arrival },
    rules: explainRules(engine, event),
    alerts: alertReport(hub).flatMap((report) => {
      const cause = open.get(report.id)?.cause
      return report.host !== host || report.service !== service || cause === undefined
        ? []
        : [{ ...report, cause }]
    }),
  }
}

/** A silence, and the alerts that it holds back now. */
export interface SilenceReport {
  readonly id: string
  readonly match: Readonly<Record<string, string | undefined>>
  readonly who: string
  readonly why: string
  readonly until: number | null
  readonly holds: readonly string[]
}

export function silenceReport(hub: Hub): readonly SilenceReport[] {
  const { silences } = hub.fold.book.telling
  return silences.all.map(({ id, match, who, why, until }) => ({
    id,
    match: { ...match },
    who,
    why,
    until: until ?? null,
    holds: [...hub.fold.book.open].filter((alert) => alert.withheld?.by === id).map((alert) => alert.summary),
  }))
}

/** One line of the log of decisions. */
export interface DecisionReport {
  readonly at: number
  readonly alert: string
  readonly rule: string
  readonly key: string
  readonly what: string
  readonly detail: string
}

/** The latest decisions, the oldest of them first. */
export function decisionReport(
  db: DatabaseSync,
  filter: {
    readonly rule?: string | undefined
    readonly host?: string | undefined
    readonly alert?: string | undefined
    readonly limit: number
  },
): readonly DecisionReport[] {
  const rows = db
    .prepare(
      `select decisions.at, decisions.alert, decisions.rule, decisions.key, decisions.what, decisions.detail
       from decisions left join alerts on alerts.id = decisions.alert
       where (?1 is null or decisions.rule = ?1) and (?2 is null or alerts.host = ?2) and (?3 is null or decisions.alert = ?3)
       order by decisions.at desc, decisions.rowid desc limit ?4`,
    )
    .all(filter.rule ?? null, filter.host ?? null, filter.alert ?? null, filter.limit)
  return rows
    .map(({ at, alert, rule, key, what, detail }) => ({
      at: Number(at),
      alert: String(alert),
      rule: String(rule),
      key: String(key),
      what: String(what),
      detail: String(detail),
    }))
    .toReversed()
}

/** What waits in the outbox, by destination, and what was given up, the latest hundred. Times in microseconds. */
export interface OutboxReport {
  readonly pending: Readonly<Record<string, number>>
  readonly dead: readonly {
    readonly id: string
    readonly destination: string
    readonly at: number
    readonly error: string
    readonly what: string
  }[]
}

export function outboxReport(outbox: Outbox): OutboxReport {
  return {
    pending: Object.fromEntries(outbox.pendingByDestination()),
    dead: outbox.deadLetters().map(({ id, destination, at, lastError, body }) => {
      const message = notificationSchema.parse(JSON.parse(body))
      const what = message.items.map(({ summary }) => summary).join('; ')
      return { id, destination, at, error: lastError ?? '', what: `${message.rule}: ${what}`.slice(0, 200) }
    }),
  }
}

const notificationSchema = z.object({ rule: z.string(), items: z.array(z.object({ summary: z.string() })) })
