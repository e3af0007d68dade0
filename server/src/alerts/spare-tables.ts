import type { DatabaseSync } from 'node:sqlite'
import { messageOf } from '../errors.ts'

/** How many rows of a table that nobody waits for are kept in memory; beyond it the oldest go. */
const LIMIT = 100_000
/** Errors of SQLite that say that the disk refuses: READONLY, IOERR, FULL, CANTOPEN. */
const REFUSED = [8, 10, 13, 14]

/** Which rows of a table are needed while the disk refuses: all but those that nothing refers to any more. */
const NEEDED: Readonly<Record<string, string>> = {
  alerts: "status <> 'resolved'",
  decisions: 'false',
  outbox: "status = 'pending' or at >= $since",
}
/** Rows that may go first. */
const FINISHED: Readonly<Record<string, string>> = { decisions: 'true', outbox: "status <> 'pending'" }

/** Whether the disk, and not what was asked, is the reason. */
export function isRefused(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && REFUSED.includes(Number(error.errcode) & 0xff)
}

/**
 * Tables in memory that take the place of those on a disk that refuses: temporary tables of the same names, which SQLite
 * prefers. So alerts go out all the same. Whoever prepared a statement does not notice.
 */
export class SpareTables {
  readonly #db: DatabaseSync
  /** The earliest message, in microseconds, that was taken over though it was sent. */
  #since = 0
  #names: readonly string[] = []

  constructor(db: DatabaseSync) {
    this.#db = db
    db.exec('pragma temp_store = memory')
  }

  /** Whether they stand in for those on disk. */
  get active(): boolean {
    return this.#names.length > 0
  }

  /** Lets them stand in. Messages that were decided before `since` and sent are not taken over. */
  take(since: number): void {
    if (this.active) return
    const names = this.#db
      .prepare("select name, sql from main.sqlite_schema where type = 'table' and name not like 'sqlite_%'")
      .all()
    const indices = this.#db
      .prepare("select sql from main.sqlite_schema where type = 'index' and sql is not null")
      .all()
    this.#since = since
    this.#db.exec('begin')
    try {
      for (const { name, sql } of names) {
        this.#db.exec(String(sql).replace(/^create table/i, 'create temp table'))
        this.#rows(`insert into temp."${name}" select * from main."${name}" where ${neededOf(String(name))}`)
      }
      for (const { sql } of indices)
        this.#db.exec(String(sql).replace(/^create( unique)? index /i, 'create$1 index temp.'))
      // Numbers that rows on disk have are not given again.
      this.#db.exec(`
        delete from temp.sqlite_sequence;
        insert into temp.sqlite_sequence select * from main.sqlite_sequence`)
      this.#db.exec('commit')
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('rollback')
      throw error
    }
    this.#names = names.map(({ name }) => String(name))
  }

  /** Drops the oldest of what nobody waits for, beyond the limit; answers how many. */
  trim(limit = LIMIT): number {
    let dropped = 0
    for (const [name, finished] of Object.entries(FINISHED)) {
      if (!this.#names.includes(name)) continue
      const oldest = `(select max(rowid) from temp."${name}") - ${limit}`
      const { changes } = this.#db
        .prepare(`delete from temp."${name}" where rowid <= ${oldest} and (${finished})`)
        .run()
      dropped += Number(changes)
    }
    return dropped
  }

  /** Writes what is in them to the disk, and lets those there be used again. Throws where the disk still refuses. */
  giveBack(): void {
    if (!this.active) return
    this.#db.exec('begin immediate')
    try {
      for (const name of this.#names) {
        this.#rows(`delete from main."${name}" where ${neededOf(name)}`)
        this.#db.exec(`insert or replace into main."${name}" select * from temp."${name}"`)
      }
      for (const name of this.#names) this.#db.exec(`drop table temp."${name}"`)
      this.#db.exec('commit')
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('rollback')
      throw new Error(`what was decided meanwhile can't be written yet: ${messageOf(error)}`, {
        cause: error,
      })
    }
    this.#names = []
  }

  #rows(sql: string): void {
    const statement = this.#db.prepare(sql)
    if (sql.includes('$since')) statement.run({ since: this.#since })
    else statement.run()
  }
}

function neededOf(name: string): string {
  return NEEDED[name] ?? 'true'
}
