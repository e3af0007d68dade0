import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import type { Fate, Outbox } from '../../outputs/outbox.ts'

/** What became of a message. */
const answerSchema = z.object({
  became: z.enum(['waiting', 'told', 'failed']),
  at: z
    .int()
    .nullable()
    .meta({ description: 'when it was told or given up, in microseconds since the epoch' }),
  error: z.string().nullable().meta({ description: 'why it was given up, or tried in vain so far' }),
})

/** One line of the log of decisions. */
export const decisionSchema = z.object({
  at: z.int().meta({ description: 'microseconds since the epoch' }),
  alert: z.string().meta({ description: "the alert's id, or the silence's" }),
  rule: z.string(),
  key: z.string().meta({ description: "the alert's key: a JSON array" }),
  what: z.string().meta({ description: 'fired, telling, not told …' }),
  detail: z.string(),
  message: z.string().nullable().meta({ description: "of telling: the message's id in the outbox" }),
  answer: answerSchema
    .nullable()
    .meta({ description: 'what became of the message; null where that is not known any more' }),
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
export function decisionReport(
  db: DatabaseSync,
  outbox: Outbox,
  filter: DecisionFilter,
): readonly DecisionReport[] {
  const rows = db
    .prepare(
      `select decisions.at, decisions.alert, decisions.rule, decisions.key, decisions.what, decisions.detail,
         decisions.message
       from decisions left join alerts on alerts.id = decisions.alert
       where (?1 is null or decisions.rule = ?1) and (?2 is null or alerts.host = ?2) and (?3 is null or decisions.alert = ?3)
       order by decisions.at desc, decisions.rowid desc limit ?4`,
    )
    .all(filter.rule ?? null, filter.host ?? null, filter.alert ?? null, filter.limit)
  const fates = outbox.fates(rows.flatMap(({ message }) => (message === null ? [] : [String(message)])))
  return rows
    .map((row) => {
      const message = row.message === null ? null : String(row.message)
      const fate = message === null ? undefined : fates.get(message)
      return {
        at: Number(row.at),
        alert: String(row.alert),
        rule: String(row.rule),
        key: String(row.key),
        what: String(row.what),
        detail: String(row.detail),
        message,
        answer: fate === undefined ? null : answerOf(fate),
      }
    })
    .toReversed()
}

const BECAME = { pending: 'waiting', sent: 'told', dead: 'failed' } as const

function answerOf({ status, finishedAt, lastError }: Fate): DecisionReport['answer'] {
  return { became: BECAME[status], at: finishedAt ?? null, error: lastError ?? null }
}
