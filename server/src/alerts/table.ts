import type { DatabaseSync } from 'node:sqlite'
import type { Alert } from './alert.ts'
import type { Decision } from './decision.ts'

/** How many resolved alerts, and how many decisions, are kept at most: the latest. */
const RESOLVED_LIMIT = 200_000
const DECISIONS_LIMIT = 1_000_000

/** The alerts as rows, for people and queries; a projection of the alert book, which replay writes again. */
export interface AlertTable {
  /** Writes the alerts as they are now; within the caller's transaction. */
  save(alerts: readonly Alert[]): void
  /** Keeps what was decided; what a replay decides again is known by its place. */
  log(decisions: readonly Decision[]): void
  /** Removes what was resolved or decided before, in microseconds, and the oldest of what is too much. */
  prune(before: number): void
}

/** Makes the table where it is missing. */
export function openAlertTable(
  db: DatabaseSync,
  limits = { resolved: RESOLVED_LIMIT, decisions: DECISIONS_LIMIT },
): AlertTable {
  db.exec(`
    create table if not exists alerts (
      id text primary key, rule text not null, key text not null, host text, service text,
      status text not null, severity text not null, since integer not null, changed integer not null,
      summary text not null, description text, metric real, runbook text,
      notify text not null, messages text not null, cause text not null
    ) strict;
    create index if not exists alerts_by_change on alerts (status, changed);
    create index if not exists alerts_by_service on alerts (host, service, changed);
    create table if not exists decisions (
      id text primary key, at integer not null, alert text not null, rule text not null, key text not null,
      what text not null, detail text not null, message text
    ) strict;
    create index if not exists decisions_by_time on decisions (at);
    create index if not exists decisions_by_alert on decisions (alert);
  `)
  // Tables of before know no messages.
  if (
    !db
      .prepare('pragma table_info(decisions)')
      .all()
      .some(({ name }) => name === 'message')
  )
    db.exec('alter table decisions add column message text')
  const upsert = db.prepare(`
    insert into alerts (id, rule, key, host, service, status, severity, since, changed, summary, description,
      metric, runbook, notify, messages, cause)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    on conflict (id) do update set host = excluded.host, service = excluded.service, status = excluded.status,
      severity = excluded.severity, changed = excluded.changed, summary = excluded.summary,
      description = excluded.description, metric = excluded.metric, messages = excluded.messages, cause = excluded.cause`)
  const remove = db.prepare(`delete from alerts where status = 'resolved' and changed < ?`)
  const note = db.prepare(
    'insert into decisions (id, at, alert, rule, key, what, detail, message) values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing',
  )
  const removeDecisions = db.prepare('delete from decisions where at < ?')
  const resolvedAt = db.prepare(
    "select changed as at from alerts where status = 'resolved' order by changed desc limit 1 offset ?",
  )
  const decidedAt = db.prepare('select at from decisions order by at desc limit 1 offset ?')
  /** The time of the oldest row that stays, by number. */
  const oldest = (statement: typeof decidedAt, limit: number) => Number(statement.get(limit - 1)?.at ?? 0)
  return {
    save(alerts) {
      for (const alert of alerts) {
        const { event } = alert
        upsert.run(
          alert.id,
          alert.rule,
          JSON.stringify(alert.key.map((part) => part ?? null)),
          textOf(event.host),
          textOf(event.service),
          alert.status,
          alert.severity,
          alert.since,
          alert.changed,
          alert.summary,
          textOf(event.description),
          typeof event.metric === 'number' ? event.metric : null,
          textOf(alert.policy.runbook),
          JSON.stringify(alert.policy.notify),
          JSON.stringify(alert.messages),
          JSON.stringify(alert.cause),
        )
      }
    },
    log(decisions) {
      for (const { id, at, alert, rule, key, what, detail, message = null } of decisions) {
        const parts = JSON.stringify(key.map((part) => part ?? null))
        note.run(id, at, alert, rule, parts, what, detail, message)
      }
    },
    prune(before) {
      remove.run(Math.max(before, oldest(resolvedAt, limits.resolved)))
      removeDecisions.run(Math.max(before, oldest(decidedAt, limits.decisions)))
    },
  }
}

/** What rules make is not checked when they run: what is no text is no reason to keep no alert. */
function textOf(value: unknown): string | null {
  return value === undefined || value === null ? null : String(value)
}
