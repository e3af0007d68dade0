import type { NextTurn } from '../clock/turn.ts'
import type { Wall } from '../clock/wall.ts'
import { WeirError } from '../errors.ts'

/** How long tasks may hold the event loop at a time, in microseconds. */
const SLICE = 5_000
/** How many steps a slice has at most, for a clock that stands still. */
const STEPS = 4_000
/** How long new tasks may go on at once, all together in a turn, before they wait for the next: in microseconds. */
const AT_ONCE = 3_000
/** The same for one of them, in steps. */
const STEPS_AT_ONCE = 200
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
  /** What is left of AT_ONCE in this turn. */
  #atOnce = AT_ONCE

  constructor(options: { readonly wall: Pick<Wall, 'now'>; readonly turn: NextTurn }) {
    this.#wall = options.wall
    this.#turn = options.turn
  }

  /** How many tasks are not done yet. */
  get size(): number {
    return this.#running.length + this.#waiting.length
  }

  /**
   * Has the task done; what it throws rejects. It begins at once, so that a short one sees things as they are now, and
   * goes on in the next turns.
   */
  run<T>(task: Generator<void, T>): Promise<T> {
    if (this.#waiting.length >= WAITING_LIMIT)
      return Promise.reject(new WeirError('WEIR_QUERY_BUSY', { limit: `${WAITING_LIMIT}` }))
    return new Promise((resolve, reject) => {
      const steps = (function* () {
        resolve(yield* task)
      })()
      const begun = { steps, failed: reject }
      if (!this.#begin(begun)) this.#waiting.push(begun)
      this.#schedule()
    })
  }

  /** Whether the task is done already. */
  #begin(task: Task): boolean {
    const started = this.#wall.now()
    let done = false
    for (let n = 0; n < STEPS_AT_ONCE && !done; n++) {
      if (this.#wall.now() - started >= this.#atOnce) break
      done = this.#step(task)
    }
    this.#atOnce -= this.#wall.now() - started
    return done
  }

  /** Whether that was the last. */
  #step(task: Task): boolean {
    try {
      return task.steps.next().done === true
    } catch (error) {
      task.failed(error)
      return true
    }
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    this.#turn(() => {
      this.#scheduled = false
      this.#atOnce = AT_ONCE
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
      if (!this.#step(task)) this.#running.push(task)
      steps += 1
    } while (steps < STEPS && this.#wall.now() < end)
  }
}
