/** A place where the journal does not hold what was written there. Everything else of it is still read. */
export interface Damage {
  readonly file: string
  /** Bytes from the start of the file. */
  readonly offset: number
  /** What is wrong and which records it costs, as a person reads it. */
  readonly problem: string
}

/** How many damaged places are listed; more are only counted. */
export const DAMAGE_LIMIT = 100

/** The damaged places that opening and reading have found, each once and in the log once. */
export class DamageList {
  readonly list: Damage[] = []
  readonly #log: (line: string) => void
  readonly #seen = new Set<string>()
  #unlisted = 0

  constructor(log: (line: string) => void) {
    this.#log = log
  }

  /** All places found; beyond the limit a place counts again whenever it is read again. */
  get count(): number {
    return this.list.length + this.#unlisted
  }

  add(damage: Damage): void {
    const key = `${damage.file}:${damage.offset}`
    if (this.#seen.has(key)) return
    if (this.list.length >= DAMAGE_LIMIT) {
      this.#unlisted += 1
      return
    }
    this.#seen.add(key)
    this.list.push(damage)
    this.#log(`journal: ${damage.file}: at byte ${damage.offset}: ${damage.problem}`)
  }
}
