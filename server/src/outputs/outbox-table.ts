import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'

/** `pending`: to be sent. `sent`: the receiver took it. `dead`: given up; `lastError` says why. */
export type OutboxStatus = 'pending' | 'sent' | 'dead'

/** A message in the outbox. Times are microseconds since the epoch. */
export interface OutboxRow {
  readonly id: string
  readonly destination: string
  /** When the hub decided to send it, by the logical clock. */
  readonly at: number
  /** The Notification as JSON. */
  readonly body: string
  /** Of a message that was folded into another one: that one's. */
  readonly status: OutboxStatus
  /** The message that tells what this one would have told; it is sent in its place. */
  readonly foldedInto: string | undefined
  readonly attempts: number
  readonly firstAttempt: number | undefined
  /** Not to be tried before. */
  readonly nextAttempt: number
  readonly lastError: string | undefined
  readonly finishedAt: number | undefined
}

/** What became of a message so far. */
export type Fate = Pick<OutboxRow, 'destination' | 'status' | 'finishedAt' | 'lastError'>

const TABLE = `
  CREATE TABLE IF NOT EXISTS outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    destination TEXT NOT NULL,
    at INTEGER NOT NULL,
    body TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'sent', 'dead')),
    folded_into TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    first_attempt INTEGER,
    next_attempt INTEGER NOT NULL DEFAULT 0,
    last_error TEXT,
    finished_at INTEGER
  ) STRICT;
  CREATE INDEX IF NOT EXISTS outbox_waiting ON outbox (destination, at, seq)
    WHERE status = 'pending' AND folded_into IS NULL;
  CREATE INDEX IF NOT EXISTS outbox_finished ON outbox (at) WHERE status <> 'pending';
  -- A status is looked up often, and a row may be long.
  CREATE INDEX IF NOT EXISTS outbox_status ON outbox (id, status);
  CREATE INDEX IF NOT EXISTS outbox_folded ON outbox (folded_into) WHERE folded_into IS NOT NULL;
`

/** Waits to be sent itself. */
const WAITING = "status = 'pending' AND folded_into IS NULL"

export type OutboxStatements = ReturnType<typeof openTable>

/** Creates the table where it is missing, and prepares what is done with it. */
export function openTable(db: DatabaseSync) {
  db.exec(TABLE)
  const tried = 'attempts = attempts + 1, first_attempt = coalesce(first_attempt, :started)'
  const itAndItsParts = '(id = :id OR folded_into = :id)'
  const afresh =
    "status = 'pending', folded_into = NULL, attempts = 0, first_attempt = NULL, next_attempt = 0, finished_at = NULL"
  return {
    insert: db.prepare(
      'INSERT INTO outbox (id, destination, at, body) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING',
    ),
    waiting: db.prepare(`SELECT * FROM outbox WHERE destination = ? AND ${WAITING} ORDER BY at, seq LIMIT ?`),
    waitingByDestination: db.prepare(
      `SELECT destination, count(*) AS count FROM outbox WHERE ${WAITING} GROUP BY destination`,
    ),
    waitingFor: db.prepare(`SELECT count(*) AS count FROM outbox WHERE destination = ? AND ${WAITING}`),
    row: db.prepare('SELECT * FROM outbox WHERE id = ?'),
    status: db.prepare('SELECT status FROM outbox INDEXED BY outbox_status WHERE id = ?'),
    fates: db.prepare(
      `SELECT id, destination, status, finished_at, last_error FROM outbox
       WHERE id IN (SELECT value FROM json_each(?))`,
    ),
    counts: db.prepare(
      `SELECT CASE WHEN folded_into IS NULL THEN status ELSE 'folded' END AS kind, count(*) AS count
       FROM outbox GROUP BY kind`,
    ),
    parts: db.prepare('SELECT * FROM outbox WHERE folded_into = ? ORDER BY at, seq'),
    deadLetters: db.prepare(
      `SELECT * FROM outbox WHERE status = 'dead' AND folded_into IS NULL AND destination = coalesce(?, destination)
       ORDER BY at DESC, seq DESC LIMIT ?`,
    ),
    deadIds: db.prepare(
      "SELECT id FROM outbox WHERE status = 'dead' AND folded_into IS NULL AND destination = ?",
    ),
    sent: db.prepare(
      `UPDATE outbox SET status = 'sent', ${tried}, last_error = NULL, finished_at = :ended
       WHERE ${itAndItsParts} AND status <> 'sent'`,
    ),
    retry: db.prepare(
      `UPDATE outbox SET ${tried}, next_attempt = :next, last_error = :reason WHERE id = :id AND status = 'pending'`,
    ),
    dead: db.prepare(
      `UPDATE outbox SET status = 'dead', ${tried}, finished_at = :ended, last_error = :reason
       WHERE ${itAndItsParts} AND status = 'pending'`,
    ),
    giveUp: db.prepare(
      `UPDATE outbox SET status = 'dead', finished_at = :at, last_error = :reason
       WHERE ${itAndItsParts} AND status = 'pending'`,
    ),
    setBack: db.prepare(
      `UPDATE outbox SET next_attempt = max(0, next_attempt - :back) WHERE destination = :destination AND ${WAITING}`,
    ),
    hurry: db.prepare(`UPDATE outbox SET next_attempt = 0 WHERE destination = ? AND ${WAITING}`),
    insertFolded: db.prepare(
      'INSERT INTO outbox (id, destination, at, body, attempts) VALUES (?, ?, ?, ?, ?)',
    ),
    fold: db.prepare('UPDATE outbox SET folded_into = :into WHERE id = :id'),
    refold: db.prepare('UPDATE outbox SET folded_into = :into WHERE folded_into = :id'),
    unfold: db.prepare(`UPDATE outbox SET ${afresh} WHERE folded_into = ?`),
    removeEmpty: db.prepare(
      `DELETE FROM outbox WHERE id = :id AND status = 'dead'
       AND NOT EXISTS (SELECT 1 FROM outbox WHERE folded_into = :id)`,
    ),
    remove: db.prepare('DELETE FROM outbox WHERE id = ?'),
    again: db.prepare(`UPDATE outbox SET ${afresh} WHERE id = ? AND status = 'dead'`),
    prune: db.prepare(
      `DELETE FROM outbox WHERE seq IN
        (SELECT seq FROM outbox WHERE status <> 'pending' AND at < ? AND finished_at < ? LIMIT ?)`,
    ),
  }
}

export function rowOf(row: Record<string, SQLOutputValue>): OutboxRow {
  return {
    id: String(row.id),
    destination: String(row.destination),
    at: Number(row.at),
    body: String(row.body),
    status: statusOf(row.status),
    foldedInto: row.folded_into === null ? undefined : String(row.folded_into),
    attempts: Number(row.attempts),
    firstAttempt: row.first_attempt === null ? undefined : Number(row.first_attempt),
    nextAttempt: Number(row.next_attempt),
    lastError: row.last_error === null ? undefined : String(row.last_error),
    finishedAt: row.finished_at === null ? undefined : Number(row.finished_at),
  }
}

export function statusOf(value: SQLOutputValue | undefined): OutboxStatus {
  return value === 'sent' || value === 'dead' ? value : 'pending'
}

export function fateOf(row: Record<string, SQLOutputValue>): Fate {
  return {
    destination: String(row.destination),
    status: statusOf(row.status),
    finishedAt: row.finished_at === null ? undefined : Number(row.finished_at),
    lastError: row.last_error === null ? undefined : String(row.last_error),
  }
}
