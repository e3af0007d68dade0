import type { LogicalClock } from '../clock/logical.ts'
import { Batch, type SavedBatch } from './batch.ts'

/** The batches that are open, by rule and destination. */
export class Batches {
  readonly #byRule = new Map<string, Map<string, Batch>>()
  readonly #clock: LogicalClock
  readonly #close: (batch: Batch) => void

  /** `close` gets each batch when it is over; it is out of here by then. */
  constructor(clock: LogicalClock, close: (batch: Batch) => void) {
    this.#clock = clock
    this.#close = close
  }

  /** The batch of a rule and destination; a new one where there is none. */
  to(rule: string, destination: string): Batch {
    const known = this.#byRule.get(rule)?.get(destination)
    if (known !== undefined) return known
    const made = new Batch(this.#clock, rule, destination, (batch) => this.#over(batch))
    const ofRule = this.#byRule.get(rule)
    if (ofRule === undefined) this.#byRule.set(rule, new Map([[destination, made]]))
    else ofRule.set(destination, made)
    return made
  }

  /** Those of the rule in which something is to be told of this alert. */
  with(rule: string, name: string): readonly Batch[] {
    return [...(this.#byRule.get(rule)?.values() ?? [])].filter((batch) => batch.has(name))
  }

  *all(): Generator<Batch> {
    for (const ofRule of this.#byRule.values()) yield* ofRule.values()
  }

  save(): readonly SavedBatch[] {
    return [...this.all()].map((batch) => batch.save())
  }

  load(saved: SavedBatch): void {
    this.to(saved.rule, saved.destination).load(saved)
  }

  #over(batch: Batch): void {
    const ofRule = this.#byRule.get(batch.rule)
    ofRule?.delete(batch.destination)
    if (ofRule?.size === 0) this.#byRule.delete(batch.rule)
    this.#close(batch)
  }
}
