import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { messageOf, WeirError } from '../errors.ts'

/** Opens the tables for this process alone: a second hub on the same data is refused; a kill lets go of them. */
export function openTables(data: string): DatabaseSync {
  try {
    mkdirSync(data, { recursive: true })
  } catch (error) {
    throw new WeirError('WEIR_DATA_UNUSABLE', { dir: data, problem: messageOf(error) }, { cause: error })
  }
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(join(data, 'weir.db'))
    db.exec(
      'pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = normal; begin exclusive; commit',
    )
    return db
  } catch (error) {
    db?.close()
    const problem = messageOf(error)
    if (/locked|busy/.test(problem)) throw new WeirError('WEIR_DATA_LOCKED', { dir: data }, { cause: error })
    throw new WeirError('WEIR_DATA_UNUSABLE', { dir: data, problem }, { cause: error })
  }
}
