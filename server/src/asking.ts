import type { Event } from 'weir-protocol'
import { messageOf, WeirError } from './errors.ts'
import type { Index } from './index/index.ts'
import { search } from './index/search.ts'
import type { Outcome } from './ingest/intake.ts'
import { encodeFound } from './query/answer.ts'
import { type CompiledQuery, compileQuery } from './query/compile.ts'
import type { Slices } from './query/slices.ts'

/** How many queries are kept compiled, since pages and scripts ask the same again and again. */
const COMPILED = 64

/** What became of queries. */
export interface AskingCounters {
  answered: number
  /** Could not be read. */
  invalid: number
  /** Matched more than an answer holds. */
  tooMuch: number
  /** Came when too many waited. */
  busy: number
  failed: number
}

/** Answers queries about the index, a little in each turn of the event loop. */
export class Asking {
  readonly counters: AskingCounters = { answered: 0, invalid: 0, tooMuch: 0, busy: 0, failed: 0 }
  readonly #index: Index
  readonly #slices: Slices
  readonly #now: () => number
  /** The latest used last. */
  readonly #compiled = new Map<string, CompiledQuery>()

  /** `now` is the time of what a count makes, in microseconds. */
  constructor(options: { readonly index: Index; readonly slices: Slices; readonly now: () => number }) {
    this.#index = options.index
    this.#slices = options.slices
    this.#now = options.now
  }

  /** How many are not answered yet. */
  get waiting(): number {
    return this.#slices.size
  }

  /** The events that a query gives. Rejects with WEIR_QUERY_INVALID, WEIR_QUERY_RESULT or WEIR_QUERY_BUSY. */
  events(text: string): Promise<readonly Event[]> {
    return this.#counted(async () => this.#slices.run(search(this.#index, this.#compile(text), this.#now())))
  }

  /** What a client of Riemann's protocol is answered; never rejects. */
  async answer(text: string): Promise<Outcome> {
    try {
      const msg = await this.#counted(async () => {
        const found = search(this.#index, this.#compile(text), this.#now())
        return this.#slices.run(
          (function* () {
            return yield* encodeFound(yield* found)
          })(),
        )
      })
      return { ok: true, msg }
    } catch (error) {
      return { ok: false, error: messageOf(error) }
    }
  }

  #compile(text: string): CompiledQuery {
    const query = this.#compiled.get(text) ?? compileQuery(text)
    this.#compiled.delete(text)
    this.#compiled.set(text, query)
    const [oldest] = this.#compiled.keys()
    if (this.#compiled.size > COMPILED && oldest !== undefined) this.#compiled.delete(oldest)
    return query
  }

  async #counted<T>(ask: () => Promise<T>): Promise<T> {
    try {
      const result = await ask()
      this.counters.answered += 1
      return result
    } catch (error) {
      this.counters[failureOf(error)] += 1
      throw error
    }
  }
}

function failureOf(error: unknown): keyof AskingCounters {
  if (!(error instanceof WeirError)) return 'failed'
  if (error.code === 'WEIR_QUERY_INVALID') return 'invalid'
  if (error.code === 'WEIR_QUERY_RESULT') return 'tooMuch'
  return error.code === 'WEIR_QUERY_BUSY' ? 'busy' : 'failed'
}
