import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'

/** One line of the log of decisions. */
export const decisionSchema = z.object({
  at: z.int().meta({ description: 'microseconds since the epoch' }),
  alert: z.string().meta({ description: "the alert's id" }),
  rule: z.string(),
  key: z.string().meta({ description: "the alert's key: a JSON array" }),
  what: z.string().meta({ description: 'fired, told, not told …' }),
  detail: z.string(),
})

export type DecisionReport = Readonly<z.infer<typeof decisionSchema>>

/** Which decisions are meant. */
export interface DecisionFilter {
  readonly rule?: string | undefined
  readonly host?: string | undefined
  readonly alert?: string | undefined
  readonly limit: number
}

/** How many decisions are shown at a time at most. */
export const DECISION_LIMIT = 10_000

/** The latest decisions, the oldest of them first. */
export function decisionReport(db: DatabaseSync, filter: DecisionFilter): readonly DecisionReport[] {
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
