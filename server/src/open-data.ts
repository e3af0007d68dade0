import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { isReadOnly, openTables, tablesInMemory } from './alerts/open-tables.ts'
import type { Config } from './config.ts'
import { type Journal, openJournal } from './journal/journal.ts'
import { Reserve } from './journal/reserve.ts'
import { type Outbox, openOutbox } from './outputs/outbox.ts'

/** What stands in a hub's data directory, but for checkpoints and rules. */
export interface Data {
  readonly db: DatabaseSync
  /** Whether `db` is lost with the process, since the directory can only be read. */
  readonly transient: boolean
  readonly journal: Journal
  readonly outbox: Outbox
  /** None where the directory can only be read: later it may be another hub's. */
  readonly reserve: Reserve | undefined
}

/** Opens a data directory for this process alone. Throws WEIR_DATA_LOCKED, WEIR_DATA_UNUSABLE or what the journal does. */
export function openData(data: string, config: Config, log: (line: string) => void): Data {
  const transient = isReadOnly(data)
  const db = transient ? readOnlyTables(data, log) : openTables(data)
  const journal = openJournal({
    dir: join(data, 'journal'),
    retainBytes: config.journal.bytes,
    retainSeconds: config.journal.retainSeconds,
    durability: config.journal.durability,
    log,
  })
  const outbox = openOutbox(db, { log })
  const reserve = transient ? undefined : new Reserve(join(data, 'reserve'))
  if (reserve?.hold() === false)
    log('there is no room for a reserve: when the disk is full, alerts may not be written')
  return { db, transient, journal, outbox, reserve }
}

/** The tables of a data directory that can only be read. */
function readOnlyTables(data: string, log: (line: string) => void): DatabaseSync {
  const { db, whole } = tablesInMemory(data)
  log(
    `READ-ONLY: ${data} can't be written. Events are evaluated and alerts are told, but nothing is recorded, until the hub is started where it can`,
  )
  if (!whole)
    log('what was told last is not known, for want of room for a copy of weir.db: it may be told again')
  return db
}
