import type { DatabaseSync } from 'node:sqlite'
import { messageOf } from '../errors.ts'
import type { Notification } from '../outputs/notification.ts'
import type { Outbox } from '../outputs/outbox.ts'
import type { Alert } from './alert.ts'
import type { Decisions } from './book.ts'
import type { Decision } from './decision.ts'
import { isRefused, SpareTables } from './spare-tables.ts'
import { type AlertTable, openAlertTable } from './table.ts'

/**
 * How many decisions, messages and alerts that are over wait in memory, of each, while the tables can't be written;
 * beyond it the oldest are dropped, counted.
 */
const UNSAVED_LIMIT = 100_000

/** Writes what the alert book decided to the tables: alerts, decisions and messages together, or none of them. */
export class Ledger {
  readonly counters = { errors: 0, dropped: 0 }
  readonly #db: DatabaseSync
  readonly #outbox: Outbox
  readonly #table: AlertTable
  readonly #log: (line: string) => void
  readonly #limit: number
  readonly #spare: SpareTables
  readonly #since: (() => number) | undefined
  readonly #transient: boolean
  #alerts = new Map<string, Alert>()
  #decisions: Decision[] = []
  #notifications: Notification[] = []
  /** Why the tables can't be written, and how much had been dropped when that began. */
  #failing: { readonly problem: string; readonly dropped: number } | undefined

  constructor(options: {
    readonly db: DatabaseSync
    readonly outbox: Outbox
    readonly log: (line: string) => void
    /** Default 100,000. */
    readonly limit?: number
    /**
     * Where given, tables in memory stand in for those that the disk refuses, so that messages go out; of those decided
     * before that time, in microseconds, they have only what waits.
     */
    readonly since?: () => number
    /** Whether the database is lost with the process: then the tables on disk never have what was decided. */
    readonly transient?: boolean
  }) {
    this.#limit = options.limit ?? UNSAVED_LIMIT
    this.#db = options.db
    this.#outbox = options.outbox
    this.#log = options.log
    this.#table = openAlertTable(options.db)
    this.#spare = new SpareTables(options.db)
    this.#since = options.since
    this.#transient = options.transient ?? false
  }

  /** Whether the tables on disk have everything that was decided so far. */
  get settled(): boolean {
    return this.#isWritten && !this.#spare.active && !this.#transient
  }

  /** Why the tables on disk don't have everything, where they don't. */
  get unsettled(): string {
    return this.#transient
      ? 'the data directory could only be read when the hub was started; once it can be written, start the hub again'
      : 'alerts and messages are not written yet'
  }

  /** Tries to write to the disk what is only in memory; answers whether the tables there have everything now. */
  settle(): boolean {
    if (this.#spare.active) {
      try {
        this.#spare.giveBack()
        this.#works()
      } catch (error) {
        this.#failed(messageOf(error))
      }
    }
    return this.settled
  }

  /**
   * Writes the decisions in one transaction, with those that could not be written before. Answers whether messages
   * were among them; what can't be written now is tried again with the next call.
   */
  save({ changes, touched, log, notifications }: Decisions): boolean {
    for (const { alert } of changes) this.#alerts.set(alert.id, alert)
    for (const alert of touched) this.#alerts.set(alert.id, alert)
    // Not spread into one call: there may be more than a call takes.
    for (const decision of log) this.#decisions.push(decision)
    for (const notification of notifications) this.#notifications.push(notification)
    if (this.#isWritten || !this.#tryToWrite()) return false
    if (this.#spare.active) this.counters.dropped += this.#spare.trim()
    else this.#works()
    const told = this.#notifications.length > 0
    this.#alerts = new Map()
    this.#decisions = []
    this.#notifications = []
    return told
  }

  get #isWritten(): boolean {
    return this.#alerts.size === 0 && this.#decisions.length === 0 && this.#notifications.length === 0
  }

  /** Where the disk refuses, it is tried once more, in memory. */
  #tryToWrite(): boolean {
    try {
      this.#write()
      return true
    } catch (error) {
      this.#failed(messageOf(error))
      if (this.#since === undefined || this.#spare.active || !isRefused(error)) return false
    }
    try {
      this.#spare.take(this.#since())
      this.#write()
      this.#log(
        'until they can be, they stand in memory: messages go out, and a restart does not know of them',
      )
      return true
    } catch (error) {
      this.#failed(messageOf(error))
      return false
    }
  }

  #write(): void {
    try {
      this.#db.exec(this.#spare.active ? 'begin' : 'begin immediate')
      this.#table.save([...this.#alerts.values()])
      this.#table.log(this.#decisions)
      this.#outbox.add(this.#notifications)
      this.#db.exec('commit')
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('rollback')
      throw error
    }
  }

  /**
   * Has the disk take what was saved: a checkpoint that outlives a power loss must not be ahead of the tables, since
   * a start from there would not decide again what they have lost. Throws what the database does.
   */
  sync(): void {
    this.#db.exec('pragma wal_checkpoint(passive)')
  }

  /** Removes what was finished before, in microseconds. */
  prune(before: number): void {
    this.#outbox.prune(before)
    this.#table.prune(before)
  }

  #failed(problem: string): void {
    this.counters.errors += 1
    if (this.#failing?.problem !== problem)
      this.#log(`the tables of alerts and messages can't be written, tried again: ${problem}`)
    this.#failing = { problem, dropped: this.#failing?.dropped ?? this.counters.dropped }
    for (const waiting of [this.#decisions, this.#notifications])
      this.counters.dropped += waiting.splice(0, waiting.length - this.#limit).length
    if (this.#alerts.size <= this.#limit) return
    // Alerts that are open are bounded by the alert book.
    const over = [...this.#alerts.values()].filter(({ status }) => status === 'resolved')
    for (const { id } of over.slice(0, Math.max(0, over.length - this.#limit))) {
      this.#alerts.delete(id)
      this.counters.dropped += 1
    }
  }

  #works(): void {
    if (this.#failing === undefined) return
    const dropped = this.counters.dropped - this.#failing.dropped
    const lost = dropped === 0 ? 'nothing is missing' : `${dropped} rows that found no room are missing`
    this.#log(`the tables of alerts and messages are written again; ${lost}`)
    this.#failing = undefined
  }
}
