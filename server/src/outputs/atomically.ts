import type { DatabaseSync } from 'node:sqlite'

/** Does all that `run` writes, or nothing of it where it throws; within a transaction that is open, or in one of its own. */
export function atomically<T>(db: DatabaseSync, run: () => T): T {
  db.exec('SAVEPOINT atomically')
  try {
    const result = run()
    db.exec('RELEASE atomically')
    return result
  } catch (error) {
    // A full disk may have ended the transaction already.
    if (db.isTransaction) db.exec('ROLLBACK TO atomically; RELEASE atomically')
    throw error
  }
}
