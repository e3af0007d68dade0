import type { Wall } from '../clock/wall.ts'

/** The longest single sleep, in seconds: a machine that was suspended looks again within it, and no timer is too long for Node. */
const LONGEST = 60

/** The sleep of a worker, one at a time. */
export class Nap {
  readonly #wall: Wall
  readonly #begun: () => void
  /** Ends the current sleep. */
  #wake: (() => void) | undefined
  #untilPoked = false
  #quiet = false
  #resting = false

  /** `begun` is called each time that a sleep has begun. */
  constructor(wall: Wall, begun: () => void) {
    this.#wall = wall
    this.#begun = begun
  }

  /** Whether it sleeps because there is nothing that can be done now, or does for good. */
  get quiet(): boolean {
    return this.#quiet
  }

  /** Whether it sleeps, for whatever reason, or does for good. */
  get resting(): boolean {
    return this.#resting
  }

  /** Until the time is up or `wake` is called; with no time, also until `poke` is. `quiet`: nothing can be done now. */
  async sleep(seconds: number | undefined, quiet: boolean): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel =
        seconds === undefined
          ? () => {}
          : this.#wall.after(Math.min(seconds, LONGEST) * 1000, () => this.#wake?.())
      this.#wake = () => {
        this.#resting = false
        cancel()
        resolve()
      }
      this.#untilPoked = seconds === undefined
      this.#quiet = quiet
      this.#resting = true
      this.#begun()
    })
    this.#wake = undefined
    this.#untilPoked = false
    this.#quiet = false
  }

  /** Ends a sleep that waits for something to do. */
  poke(): void {
    if (this.#untilPoked) this.wakeToWork()
  }

  /** Ends a sleep, since there may be something to do. */
  wakeToWork(): void {
    if (this.#wake === undefined) return
    this.#quiet = false
    this.#wake()
  }

  /** Ends a sleep. */
  wake(): void {
    this.#wake?.()
  }

  /** From now on it sleeps for good. */
  forGood(): void {
    this.#quiet = true
    this.#resting = true
    this.#begun()
  }
}
