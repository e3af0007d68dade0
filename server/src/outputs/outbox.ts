import type { DatabaseSync } from 'node:sqlite'
import { atomically } from './atomically.ts'
import { openMemory } from './destination-memory.ts'
import type { DestinationMemory, Notification } from './notification.ts'
import {
  type Fate,
  fateOf,
  type OutboxRow,
  type OutboxStatements,
  type OutboxStatus,
  openTable,
  rowOf,
  statusOf,
} from './outbox-table.ts'

export type { Fate, OutboxRow, OutboxStatus } from './outbox-table.ts'

/** When an attempt to deliver began and ended, in microseconds. */
export interface Attempt {
  readonly started: number
  readonly ended: number
}

type RowKey = Pick<OutboxRow, 'id'>

export interface OutboxOptions {
  /** How many messages may be pending for one destination. Default 100,000. */
  readonly limit?: number
  /** Writes one line to the hub's log. */
  readonly log?: (line: string) => void
}

const LIMIT = 100_000
const PRUNE_LIMIT = 5_000
const ERROR_LENGTH = 500

/** The outbox in this database, whose tables are created where they are missing. */
export function openOutbox(db: DatabaseSync, options: OutboxOptions = {}): Outbox {
  return new Outbox(db, options)
}

/**
 * Every message that the hub decided to send, from before the first attempt until it is pruned: the one place that
 * knows what was told to whom.
 *
 * A message has a deterministic id, so a replay that decides the same again finds it here and adds nothing, whatever
 * became of it. Order is that of deciding, for each destination. Where too many wait, several may be folded into one:
 * they stay here, and what becomes of that one becomes of them.
 */
export class Outbox {
  /** Since the start: `added` new, `known` recognised by their id, `overflowed` given up because the outbox was full, `folded` into another one. */
  readonly counters = { added: 0, known: 0, overflowed: 0, folded: 0 }
  /** What each destination remembers, by its name. */
  readonly memory: (destination: string) => DestinationMemory
  readonly #db: DatabaseSync
  readonly #limit: number
  readonly #log: (line: string) => void
  readonly #statements: OutboxStatements
  /** Pending messages by destination, or more: what was sent or rolled back counts until the limit is reached and they are counted anew. */
  readonly #atMost = new Map<string, number>()

  constructor(db: DatabaseSync, options: OutboxOptions) {
    this.#db = db
    this.#limit = options.limit ?? LIMIT
    this.#log = options.log ?? (() => {})
    this.#statements = openTable(db)
    this.memory = openMemory(db)
    for (const [destination, count] of this.pendingByDestination()) this.#atMost.set(destination, count)
  }

  /**
   * Adds those whose id is not there yet and says how many they were. Call it inside the transaction that also writes
   * what the messages are about, and wake the delivery after the commit.
   *
   * A destination with more pending messages than the limit loses its oldest: they become dead with the reason
   * `outbox full`, counted and logged.
   */
  add(notifications: readonly Notification[]): number {
    let added = 0
    for (const notification of notifications) {
      const { id, destination, at } = notification
      const { changes } = this.#statements.insert.run(id, destination, at, JSON.stringify(notification))
      if (Number(changes) === 0) {
        this.counters.known += 1
        continue
      }
      added += 1
      this.#atMost.set(destination, (this.#atMost.get(destination) ?? 0) + 1)
      this.#makeRoom(destination, at)
    }
    this.counters.added += added
    return added
  }

  /** The oldest pending message of a destination. */
  next(destination: string): OutboxRow | undefined {
    return this.pending(destination, 1)[0]
  }

  /** The pending messages of a destination, oldest first, at most `limit` of them; none that was folded into another. */
  pending(destination: string, limit = 1_000): readonly OutboxRow[] {
    return this.#statements.waiting.all(destination, limit).map(rowOf)
  }

  /** How many messages are pending for each destination that has any, configured or not. */
  pendingByDestination(): ReadonlyMap<string, number> {
    const rows = this.#statements.waitingByDestination.all()
    return new Map(rows.map((row) => [String(row.destination), Number(row.count)]))
  }

  /** How many messages are pending. */
  depth(): number {
    return [...this.pendingByDestination().values()].reduce((sum, count) => sum + count, 0)
  }

  /** The message with this id. */
  row(id: string): OutboxRow | undefined {
    const row = this.#statements.row.get(id)
    return row === undefined ? undefined : rowOf(row)
  }

  status(id: string): OutboxStatus | undefined {
    const row = this.#statements.status.get(id)
    return row === undefined ? undefined : statusOf(row.status)
  }

  /** The statuses of those ids that are known. */
  statusesOf(ids: Iterable<string>): ReadonlyMap<string, OutboxStatus> {
    const statuses = new Map<string, OutboxStatus>()
    for (const id of ids) {
      const status = this.status(id)
      if (status !== undefined) statuses.set(id, status)
    }
    return statuses
  }

  /** What became of those messages whose ids are known. */
  fates(ids: readonly string[]): ReadonlyMap<string, Fate> {
    return new Map(
      this.#statements.fates.all(JSON.stringify(ids)).map((row) => [String(row.id), fateOf(row)]),
    )
  }

  /** How many messages there are by status, and how many were folded into one of these; reads the whole table, so for people and not for every scrape. */
  counts(): Readonly<Record<OutboxStatus | 'folded', number>> {
    const counts = { pending: 0, sent: 0, dead: 0, folded: 0 }
    for (const { kind, count } of this.#statements.counts.all()) {
      counts[kind === 'folded' ? kind : statusOf(kind)] = Number(count)
    }
    return counts
  }

  /** The messages in whose place this one is sent, oldest first; none where it was not folded of others. */
  partsOf(id: string): readonly OutboxRow[] {
    return this.#statements.parts.all(id).map(rowOf)
  }

  /** Messages that were given up, the latest first, of one destination or of all. */
  deadLetters(
    options: { readonly destination?: string; readonly limit?: number } = {},
  ): readonly OutboxRow[] {
    const { destination = null, limit = 100 } = options
    return this.#statements.deadLetters.all(destination, limit).map(rowOf)
  }

  /**
   * Makes a message that was given up pending again, or all those of a destination, and says how many messages that
   * are: a folded one falls back into its parts. They go out before all that was decided later, after the delivery is
   * told (`tryNow`).
   */
  retryDead(which: { readonly id: string } | { readonly destination: string }): number {
    return atomically(this.#db, () => {
      let count = 0
      const { deadIds, unfold, remove, again, removeEmpty } = this.#statements
      const ids = 'id' in which ? [which.id] : deadIds.all(which.destination).map(({ id }) => String(id))
      for (const id of ids) {
        const row = this.row(id)
        if (row?.status !== 'dead') continue
        const parts = Number(unfold.run(id).changes)
        if (parts > 0) remove.run(id)
        else again.run(id)
        if (row.foldedInto !== undefined) removeEmpty.run({ id: row.foldedInto })
        count += Math.max(parts, 1)
      }
      for (const [destination, pending] of this.pendingByDestination()) this.#atMost.set(destination, pending)
      return count
    })
  }

  /** Sends one message in the place of these, all of which are pending for its destination. */
  fold(rows: readonly Pick<OutboxRow, 'id' | 'attempts'>[], into: Notification): void {
    const { insertFolded, refold, remove, fold } = this.#statements
    const attempts = Math.max(0, ...rows.map((row) => row.attempts))
    atomically(this.#db, () => {
      insertFolded.run(into.id, into.destination, into.at, JSON.stringify(into), attempts)
      for (const { id } of rows) {
        if (Number(refold.run({ into: into.id, id }).changes) > 0) remove.run(id)
        else fold.run({ into: into.id, id })
      }
    })
    this.counters.folded += rows.length
  }

  /** The receiver took it. What was sent is sent, even if it was given up meanwhile. */
  sent({ id }: RowKey, { started, ended }: Attempt): void {
    this.#statements.sent.run({ id, started, ended })
  }

  /** An attempt failed; the next one not before `next`. */
  retry({ id }: RowKey, { started }: Attempt, reason: string, next: number): void {
    this.#statements.retry.run({ id, started, next, reason: reason.slice(0, ERROR_LENGTH) })
  }

  /** Given up. */
  dead({ id }: RowKey, { started, ended }: Attempt, reason: string): void {
    this.#statements.dead.run({ id, started, ended, reason: reason.slice(0, ERROR_LENGTH) })
  }

  /** What waits for its retry need not wait any more. */
  hurry(destination: string): void {
    this.#statements.hurry.run(destination)
  }

  /** The clock was set back by this many microseconds: what waits for its retry waits no longer than it would have. */
  setBack(destination: string, back: number): void {
    this.#statements.setBack.run({ destination, back })
  }

  /**
   * Deletes messages that were decided and finished before this moment, at most 5,000 a call, and says how many.
   * The moment must not lie after the point from which a replay would start: a replay that decides on a message again
   * can only recognise it while it is here.
   */
  prune(beforeMicros: number): number {
    return Number(this.#statements.prune.run(beforeMicros, beforeMicros, PRUNE_LIMIT).changes)
  }

  #makeRoom(destination: string, at: number): void {
    if ((this.#atMost.get(destination) ?? 0) <= this.#limit) return
    const pending = Number(this.#statements.waitingFor.get(destination)?.count ?? 0)
    this.#atMost.set(destination, Math.min(pending, this.#limit))
    if (pending <= this.#limit) return
    const oldest = this.pending(destination, pending - this.#limit)
    for (const { id } of oldest) this.#statements.giveUp.run({ id, at, reason: 'outbox full' })
    this.counters.overflowed += oldest.length
    this.#log(
      `outbox full: ${this.#limit} messages wait for '${destination}'; gave up the oldest (${oldest.length} now, ${this.counters.overflowed} since the start)`,
    )
  }
}
