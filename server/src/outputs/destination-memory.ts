import type { DatabaseSync } from 'node:sqlite'
import { atomically } from './atomically.ts'
import type { DestinationMemory } from './notification.ts'

const LIMIT = 200_000

const TABLE = `
  CREATE TABLE IF NOT EXISTS destination_memory (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    destination TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    UNIQUE (destination, key)
  ) STRICT;
`

/**
 * The memories of the destinations in this database, by name. Its table is created where it is missing, and keeps the
 * `limit` (default 200,000) entries that were written last.
 */
export function openMemory(db: DatabaseSync, limit = LIMIT): (destination: string) => DestinationMemory {
  db.exec(TABLE)
  const get = db.prepare('SELECT value FROM destination_memory WHERE destination = ? AND key = ?')
  const put = db.prepare('REPLACE INTO destination_memory (destination, key, value) VALUES (?, ?, ?)')
  const forget = db.prepare('DELETE FROM destination_memory WHERE destination = ? AND key = ?')
  // A rewritten entry gets a new number, so those with the lowest were written longest ago.
  const trim = db.prepare('DELETE FROM destination_memory WHERE seq <= ?')
  return (destination) => ({
    get: (key) => {
      const value = get.get(destination, key)?.value
      return typeof value === 'string' ? value : undefined
    },
    put: (entries) =>
      atomically(db, () => {
        for (const [key, value] of entries) {
          if (value === undefined) forget.run(destination, key)
          else trim.run(Number(put.run(destination, key, value).lastInsertRowid) - limit)
        }
      }),
  })
}
