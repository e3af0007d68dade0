import { SECOND } from './duration.ts'
import type { Wall } from './wall.ts'

/** The machine's clock may go back by this much without being set back: time stands until it has caught up. */
const SLACK = SECOND
/** While it is ahead, a tenth of the time that passes is given up. */
const GIVEN_UP = 10

/**
 * The time of a hub, made of the machine's, which may be wrong: it never goes back, and never stands still for long.
 *
 * Where the machine's clock is set back, it goes on from where it was, nine tenths as fast, so that the machine's clock
 * catches up: after an hour that it was set back by, in ten hours. Where that is set forward in the meantime, it catches
 * up by so much at once. Microseconds.
 */
export class SteadyClock {
  readonly #wall: Wall
  readonly #changed: (ahead: number) => void
  /** The last time that was given. */
  #now = 0
  /** What the machine's clock showed then. */
  #machine = 0
  #ahead = 0

  /** `changed` hears by how much it is ahead of the machine's clock: when that was set back, and 0 when it has caught up. */
  constructor(wall: Wall, changed: (ahead: number) => void) {
    this.#wall = wall
    this.#changed = changed
  }

  /** By how much it is ahead of the machine's clock; 0 while all is well. */
  get ahead(): number {
    return this.#ahead
  }

  /** It has been `past` already: from now on it is later. */
  startFrom(past: number): void {
    this.#now = past
    this.#machine = this.#wall.now()
    if (past - this.#machine > SLACK) this.#setBack(past - this.#machine)
  }

  now(): number {
    const machine = this.#wall.now()
    if (this.#ahead > 0) this.#catchUp(machine - this.#machine)
    this.#machine = machine
    const now = machine + this.#ahead
    if (this.#now - now > SLACK) this.#setBack(this.#now - machine)
    else if (now > this.#now) this.#now = now
    return this.#now
  }

  #catchUp(passed: number): void {
    if (passed <= 0) return
    // The machine's clock was set forward, or the process stood still: whichever it was, nothing is lost by that.
    const less = passed > SLACK ? passed : Math.ceil(passed / GIVEN_UP)
    this.#ahead = Math.max(0, this.#ahead - less)
    if (this.#ahead === 0) this.#changed(0)
  }

  #setBack(ahead: number): void {
    this.#ahead = ahead
    this.#changed(ahead)
  }
}
