import {
  accessSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { messageOf, WeirError } from '../errors.ts'

const FILE = 'weir.db'
/** Where a database's file says how it is written: 1 without, 2 with a log beside it. */
const WRITE_VERSION = 18
const READ_VERSION = 19

/** Opens the tables for this process alone: a second hub on the same data is refused; a kill lets go of them. */
export function openTables(data: string): DatabaseSync {
  try {
    mkdirSync(data, { recursive: true })
  } catch (error) {
    throw new WeirError('WEIR_DATA_UNUSABLE', { dir: data, problem: messageOf(error) }, { cause: error })
  }
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(join(data, FILE))
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

/** Whether a data directory that is there is on a filesystem that takes no changes. */
export function isReadOnly(data: string): boolean {
  try {
    accessSync(data, constants.W_OK)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EROFS'
  }
}

/**
 * The tables of a data directory that can only be read, in memory: what is written to them is lost with the process.
 * Whether they are whole is answered, too: without any room for a copy, what was written last is not known.
 */
export function tablesInMemory(data: string): { readonly db: DatabaseSync; readonly whole: boolean } {
  const db = new DatabaseSync(':memory:')
  const file = join(data, FILE)
  if (!existsSync(file)) return { db, whole: true }
  let bytes: Uint8Array
  let whole = true
  try {
    bytes = throughCopy(file)
  } catch {
    whole = false
    bytes = readFileSync(file)
    // In memory there is no log.
    bytes[WRITE_VERSION] = 1
    bytes[READ_VERSION] = 1
  }
  try {
    db.deserialize(bytes)
    return { db, whole }
  } catch (error) {
    throw new WeirError('WEIR_DATA_UNUSABLE', { dir: data, problem: messageOf(error) }, { cause: error })
  }
}

/** The database with what its log has, which only somebody can tell who may write: a copy is made elsewhere. */
function throughCopy(file: string): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'weir-tables-'))
  try {
    const copy = join(folder, FILE)
    copyFileSync(file, copy)
    if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${copy}-wal`)
    const db = new DatabaseSync(copy)
    try {
      db.exec('pragma locking_mode = exclusive; pragma journal_mode = delete')
      return db.serialize()
    } finally {
      db.close()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
