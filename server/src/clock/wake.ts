import { Timer } from './heap.ts'

/** A timer that calls something. */
export class Wake extends Timer {
  readonly awaitsInput: boolean
  readonly #run: () => void

  constructor(run: () => void, awaitsInput = false) {
    super()
    this.#run = run
    this.awaitsInput = awaitsInput
  }

  fire(): void {
    this.#run()
  }
}
