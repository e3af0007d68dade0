import type { Event } from 'weir-protocol'
import type { BookLine } from './alerts/book.ts'
import type { Fold } from './fold.ts'
import type { Entry } from './index/index.ts'
import { type Carried, type EngineLine, EngineLoader, EngineSaver } from './rules/checkpoint.ts'

/** One thing that a fold holds, as plain data; the first is the clock. */
export type CheckpointLine =
  | {
      readonly kind: 'clock'
      readonly position: number
      readonly now: number
      readonly seq: number
      readonly deaf: number
      /** See `Graces`; not in the checkpoints of earlier versions. */
      readonly graceWholeAt?: number
      /** The hash of the rule set. */
      readonly rules: string
    }
  | {
      readonly kind: 'entry'
      readonly event: Event
      readonly arrival: number
      readonly due: number
      readonly seq: number
    }
  | BookLine
  | EngineLine

/**
 * Saves all that a fold holds after the record at its position, in slices, while further records are handled: with it
 * and those records it can be had again. Begin it between two records.
 */
export class Checkpoint {
  readonly position: number
  readonly #fold: Fold
  readonly #write: (line: CheckpointLine) => void
  readonly #engine: EngineSaver
  readonly #walk: Generator<void>
  /** What `write` threw: nothing is saved any more. */
  #failure: { readonly error: unknown } | undefined

  /** What `write` throws is thrown by `advance`, never by what the fold does meanwhile. */
  constructor(fold: Fold, write: (line: CheckpointLine) => void) {
    const { clock, index, book } = fold
    this.position = fold.position
    this.#fold = fold
    this.#write = write
    const { now, seq, deaf } = clock
    const graceWholeAt = fold.graces.wholeAt
    this.#line({ kind: 'clock', position: fold.position, now, seq, deaf, graceWholeAt, rules: fold.hash })
    index.epoch += 1
    index.saver = this.#entry
    fold.finishSaving = this.#finish
    this.#engine = new EngineSaver(fold.engine, this.#line)
    this.#walk = this.#slices(book.save())
  }

  /** Saves about `count` things; true when everything is saved. */
  advance(count: number): boolean {
    for (let done = 0; done < count && this.#failure === undefined; done++) {
      if (this.#walk.next().done === true) return true
    }
    if (this.#failure !== undefined) throw this.#failure.error
    return false
  }

  /** Gives it up; nothing happens when it is through, or another one has begun. */
  abort(): void {
    if (this.#fold.index.saver === this.#entry) this.#fold.index.saver = undefined
    if (this.#fold.finishSaving === this.#finish) this.#fold.finishSaving = undefined
    this.#engine.end()
  }

  *#slices(bookLines: readonly BookLine[]): Generator<void> {
    for (const line of bookLines) {
      this.#line(line)
      yield
    }
    const { index } = this.#fold
    for (const entry of index.entries()) {
      if (entry.epoch !== index.epoch) index.touch(entry)
      yield
    }
    index.saver = undefined
    yield* this.#engine.walk()
    this.#fold.finishSaving = undefined
  }

  readonly #finish = (): void => {
    for (const _ of this.#walk) if (this.#failure !== undefined) return
  }

  readonly #line = (line: CheckpointLine): void => {
    if (this.#failure !== undefined) return
    try {
      this.#write(line)
    } catch (error) {
      this.#failure = { error }
    }
  }

  readonly #entry = ({ event, arrival, due, seq }: Entry): void => {
    this.#line({ kind: 'entry', event, arrival, due, seq })
  }
}

/** All that a fold holds, at once. */
export function saveFold(fold: Fold): CheckpointLine[] {
  const lines: CheckpointLine[] = []
  new Checkpoint(fold, (line) => lines.push(line)).advance(Number.POSITIVE_INFINITY)
  return lines
}

/** Puts lines of `saveFold` into a new fold. Answers what became of the rules whose operators have changed. */
export function loadFold(fold: Fold, lines: Iterable<CheckpointLine>): readonly Carried[] {
  const engine = new EngineLoader(fold.engine)
  let resume = () => {}
  for (const line of lines) {
    switch (line.kind) {
      case 'clock':
        resume = () => fold.resume(line.position, line.now, line.seq, line.deaf, line.graceWholeAt)
        resume()
        // Before the states of our operators are put in their places.
        fold.rebuild()
        break
      case 'entry':
        fold.index.restore(line.event, line.arrival, line.due, line.seq)
        break
      case 'alert':
      case 'firing':
      case 'telling':
        fold.book.load(line)
        break
      default:
        engine.load(line)
    }
  }
  // Making the groups has set timers and used up their numbers; all of them have been set anew since.
  resume()
  return engine.changed
}
