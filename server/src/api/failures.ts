/** How many requests with a wrong token, or none, are answered as such in a minute; further ones are told to wait. */
export const FAILURES_A_MINUTE = 60

const MINUTE = 60_000_000

/**
 * Counts refused tokens. Whoever has the right one is never held up by those who guess: only the answers to wrong ones
 * change, since all that comes through a proxy comes from one address.
 */
export class Failures {
  readonly #now: () => number
  #began = Number.NEGATIVE_INFINITY
  #count = 0

  /** `now` gives microseconds. */
  constructor(now: () => number) {
    this.#now = now
  }

  /** Another one failed; answers for how many seconds nobody who fails is heard, or 0. */
  failed(): number {
    const now = this.#now()
    if (now - this.#began >= MINUTE || now < this.#began) {
      this.#began = now
      this.#count = 0
    }
    this.#count += 1
    return this.#count <= FAILURES_A_MINUTE ? 0 : Math.ceil((this.#began + MINUTE - now) / 1e6)
  }
}
