import type { Clock } from './clock.ts'

export const NOW = 1_700_000_000_000_001

/** A clock that stands until the test moves it. */
export class VirtualClock implements Clock {
  #ms = 0
  readonly #timers = new Set<{ readonly at: number; readonly run: () => void }>()

  now(): number {
    return NOW + this.#ms * 1000
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#ms + ms, run }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#timers.size
  }

  /** In how many milliseconds the timers ring, in order. */
  get due(): readonly number[] {
    return [...this.#timers].map(({ at }) => at - this.#ms).sort((a, b) => a - b)
  }

  /** Lets so much time pass; timers ring at their moments, in order. */
  advance(ms: number): void {
    const end = this.#ms + ms
    for (;;) {
      const [next] = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)
      if (next === undefined) break
      this.#timers.delete(next)
      this.#ms = next.at
      next.run()
    }
    this.#ms = end
  }
}
