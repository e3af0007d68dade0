import type { Ledger } from './alerts/ledger.ts'
import { Checkpoint, type CheckpointLine, loadFold } from './checkpoint.ts'
import { SECOND } from './clock/duration.ts'
import type { NextTurn } from './clock/turn.ts'
import { messageOf } from './errors.ts'
import type { Fold } from './fold.ts'
import { CheckpointFile, oldestCheckpoint, readCheckpoint, removeDrafts } from './journal/checkpoint-file.ts'
import type { Journal } from './journal/journal.ts'

/** A checkpoint is due when the journal has grown by this much, */
export const CHECKPOINT_BYTES = 64 * 1024 * 1024
/** or after this time when it has grown by so much that it was more than the marks of an idle clock. */
const EVERY = 300 * SECOND
const WORTH_BYTES = 64 * 1024
/** After one that could not be written, the next one is tried this much later. */
const RETRY_AFTER = 30 * SECOND
const SLICE = 200
/** How long resolved alerts and delivered messages are kept in the tables. */
const KEEP_FINISHED = 30 * 86_400 * SECOND

export interface CheckpointerOptions {
  readonly fold: Fold
  readonly journal: Journal
  readonly ledger: Ledger
  /** The directory of the checkpoints. */
  readonly dir: string
  readonly turn: NextTurn
  readonly log: (line: string) => void
  /** After how many bytes of journal another one is due. Default 64 MiB. */
  readonly every?: number | undefined
  /** How many things are saved before other work of the process gets a turn. Default 200. */
  readonly slice?: number | undefined
  /** Hears the position of the oldest checkpoint that is kept, once another one has been written. */
  readonly kept?: ((oldest: number) => void) | undefined
}

/**
 * Writes checkpoints when they are due, takes up the last one, and removes what no restart needs any more.
 *
 * None is written while the tables lack something that was decided: a start from there would not decide it again.
 */
export class Checkpointer {
  readonly #options: CheckpointerOptions
  /** How much had been appended to the journal at the last checkpoint; below 0 where some was replayed. */
  #bytes = 0
  #writing: Checkpoint | undefined
  /** When the one that is being written is written, or given up. */
  #written: Promise<void> = Promise.resolve()
  /** When the last one was begun, in microseconds; unknown before the first. */
  #begun: number | undefined
  /** When the next one is tried, where the last one could not be written. */
  #retryAt: number | undefined
  /** The logical time of the last checkpoint of this process. */
  #time = 0
  /** Why none could be written since the last one; said once. */
  #failing: string | undefined

  constructor(options: CheckpointerOptions) {
    this.#options = options
  }

  /**
   * Puts the newest sound checkpoint into the fold, which is new; where there is none, nothing. `ready` gives the fold
   * the rules of the checkpoint first.
   */
  restore(ready: (rules: string) => void): void {
    const { fold, journal, dir, log } = this.#options
    removeDrafts(dir)
    const checkpoint = readCheckpoint(dir, log)
    if (checkpoint !== undefined) {
      // The checksum has shown that these are the lines that were written.
      const lines = checkpoint.lines as Iterable<CheckpointLine>
      const clock = Iterator.from(lines).find((line) => line.kind === 'clock')
      if (clock !== undefined) ready(clock.rules)
      const changed = loadFold(fold, lines)
      for (const { rule, kept, of } of changed) {
        log(`rule '${rule}' has other operators than before, or is gone: ${kept} of ${of} keep their states`)
      }
      // The disk may have lost the end of a journal that the checkpoint already covers.
      journal.startAfter(checkpoint.position)
    }
    const next = fold.position + 1
    if (journal.first > next && journal.next > journal.first) {
      log(
        `the journal begins at record ${journal.first}; what lies before it, from ${next} on, is not known any more`,
      )
    }
  }

  /** So many bytes were replayed: the next checkpoint is due that much earlier. */
  replayed(bytes: number): void {
    this.#bytes = -bytes
  }

  /** Where one is due: begins it and writes it in slices while the hub goes on. To be called between two records. */
  tend(now: () => number): void {
    this.#options.ledger.settle()
    if (this.#writing === undefined && this.#isDue(now())) this.begin(now)
  }

  /**
   * Begins one at once, unless one is being written. Where the tables lack something, the next `tend` does it. To be
   * called between two records.
   */
  begin(now: () => number): void {
    const { journal, ledger } = this.#options
    if (this.#writing !== undefined) return
    if (!ledger.settle()) {
      this.#retryAt = now()
      return
    }
    this.#bytes = journal.counters.appendedBytes
    this.#begun = now()
    this.#retryAt = undefined
    this.#written = this.#inSlices(now)
  }

  /** Resolves when none is being written any more. */
  written(): Promise<void> {
    return this.#written
  }

  /** Writes one at once, in place of one that is being written; answers whether it is there. */
  now(): boolean {
    const { fold, ledger, dir } = this.#options
    this.abort()
    if (!ledger.settle()) {
      this.#failed(new Error(ledger.unsettled))
      return false
    }
    let file: CheckpointFile | undefined
    try {
      const opened = new CheckpointFile(dir, fold.position)
      file = opened
      new Checkpoint(fold, (line) => opened.write(line)).advance(Number.POSITIVE_INFINITY)
      ledger.sync()
      opened.finishNow()
      this.#failing = undefined
      return true
    } catch (error) {
      this.#failed(error)
      return false
    } finally {
      file?.abort()
    }
  }

  /** Writes one at once as the process ends, and removes what no restart needs: the next process may end as soon. */
  last(): void {
    const { now } = this.#options.fold.clock
    if (this.now()) this.#removeOld(now, now)
  }

  /** Gives up the one that is being written. */
  abort(): void {
    this.#writing?.abort()
    this.#writing = undefined
  }

  #isDue(now: number): boolean {
    const { journal, every = CHECKPOINT_BYTES } = this.#options
    if (this.#retryAt !== undefined) return now >= this.#retryAt
    this.#begun ??= now
    const grown = journal.counters.appendedBytes - this.#bytes
    return grown >= every || (grown >= WORTH_BYTES && now - this.#begun >= EVERY)
  }

  async #inSlices(now: () => number): Promise<void> {
    const { fold, ledger, dir, turn, slice = SLICE } = this.#options
    const began = fold.clock.now
    let file: CheckpointFile | undefined
    try {
      const opened = new CheckpointFile(dir, fold.position)
      file = opened
      const checkpoint = new Checkpoint(fold, (line) => opened.write(line))
      this.#writing = checkpoint
      while (this.#writing === checkpoint && !checkpoint.advance(slice)) await new Promise<void>(turn)
      if (this.#writing === checkpoint) {
        ledger.sync()
        await opened.finish()
      }
      // It may have been given up while the disk took it.
      if (this.#writing === checkpoint) {
        this.#writing = undefined
        this.#failing = undefined
        this.#removeOld(now(), began)
      }
    } catch (error) {
      this.abort()
      this.#retryAt = now() + RETRY_AFTER
      this.#failed(error)
    }
    file?.abort()
  }

  /**
   * A replay may begin at the oldest checkpoint that is kept: the journal from there is needed. Should none be readable
   * it begins where the journal does, and the messages that it decides upon again must still be known then.
   */
  #removeOld(now: number, began: number): void {
    const { journal, ledger, dir, kept } = this.#options
    const oldest = oldestCheckpoint(dir)
    journal.retain(now, oldest + 1)
    void journal.compress(oldest + 1)
    kept?.(oldest)
    const [first] = journal.read().take(1)
    ledger.prune(Math.min(this.#time, now - KEEP_FINISHED, first?.arrival ?? now))
    this.#time = began
  }

  #failed(error: unknown): void {
    const problem = messageOf(error)
    if (problem !== this.#failing)
      this.#options.log(`no checkpoint was written, the next start replays more: ${problem}`)
    this.#failing = problem
  }
}
