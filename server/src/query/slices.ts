import type { NextTurn } from '../clock/turn.ts'
import type { Wall } from '../clock/wall.ts'
import { WeirError } from '../errors.ts'

/** How long tasks may hold the event loop at a time, in microseconds. */
const SLICE = 5_000
/** How many steps a slice has at most, for a clock that stands still. */
const STEPS = 400
/** How many tasks go on side by side; others wait. */
const CONCURRENT = 4
/** How many may wait. */
export const WAITING_LIMIT = 1_000

interface Task {
  readonly steps: Generator<void, void>
  readonly failed: (error: unknown) => void
}

/**
 * Does long work in slices between the other work of the process: some tasks side by side, others wait for their turn,
 * and beyond a limit they are refused with WEIR_QUERY_BUSY. A task yields after each small step, well under a
 * millisecond.
 */
export class Slices {
  readonly #wall: Pick<Wall, 'now'>
  readonly #turn: NextTurn
  readonly #running: Task[] = []
  readonly #waiting: Task[] = []
  #scheduled = false

  constructor(options: { readonly wall: Pick<Wall, 'now'>; readonly turn: NextTurn }) {
    this.#wall = options.wall
    this.#turn = options.turn
  }

  /** How many tasks are not done yet. */
  get size(): number {
    return this.#running.length + this.#waiting.length
  }

  /** Has the task done; what it throws rejects. Its first slice comes in the next turn. */
  run<T>(task: Generator<void, T>): Promise<T> {
    if (this.#waiting.length >= WAITING_LIMIT)
      return Promise.reject(new WeirError('WEIR_QUERY_BUSY', { limit: `${WAITING_LIMIT}` }))
    return new Promise((resolve, reject) => {
      const steps = (function* () {
        resolve(yield* task)
      })()
      this.#waiting.push({ steps, failed: reject })
      this.#schedule()
    })
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    this.#turn(() => {
      this.#scheduled = false
      this.#slice()
      if (this.size > 0) this.#schedule()
    })
  }

  #slice(): void {
    const end = this.#wall.now() + SLICE
    let steps = 0
    do {
      while (this.#running.length < CONCURRENT) {
        const next = this.#waiting.shift()
        if (next === undefined) break
        this.#running.push(next)
      }
      const task = this.#running.shift()
      if (task === undefined) return
      try {
        if (task.steps.next().done !== true) this.#running.push(task)
      } catch (error) {
        task.failed(error)
      }
      steps += 1
    } while (steps < STEPS && this.#wall.now() < end)
  }
}
