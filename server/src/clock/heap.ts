/**
 * Something that is due at a moment of the logical clock. It stands in the heap itself, so that setting a timer
 * allocates nothing and removing it is real.
 */
export abstract class Timer {
  /** Microseconds. */
  due = 0
  /** Order among timers that are due together: the one that was set first fires first. */
  seq = 0
  /** Where it stands in the heap; -1 when it is not set. */
  slot = -1
  /**
   * Whether it waits for something to be heard (a ttl, a `for`): such timers move by the length of a gap in which
   * the hub could not listen. Calendar timers (a throttle's window) do not.
   */
  abstract readonly awaitsInput: boolean
  abstract fire(): void
}

/** A binary heap of timers, by due time, then by sequence number. */
export class TimerHeap {
  readonly #timers: Timer[] = []

  get size(): number {
    return this.#timers.length
  }

  /** The timer that is due first. */
  get first(): Timer | undefined {
    return this.#timers[0]
  }

  /** All timers, in no certain order. */
  all(): readonly Timer[] {
    return this.#timers
  }

  /** Sets the timer, or moves it when it is set already. */
  set(timer: Timer, due: number, seq: number): void {
    timer.due = due
    timer.seq = seq
    if (timer.slot < 0) {
      timer.slot = this.#timers.length
      this.#timers.push(timer)
      this.#rise(timer.slot)
      return
    }
    this.#sink(this.#rise(timer.slot))
  }

  /** Takes the timer out; nothing happens when it is not set. */
  remove(timer: Timer): void {
    const slot = timer.slot
    if (slot < 0) return
    timer.slot = -1
    const last = this.#timers.pop()
    if (last === undefined || last === timer) return
    this.#timers[slot] = last
    last.slot = slot
    this.#sink(this.#rise(slot))
  }

  /** Moves every timer that awaits input by `gap` microseconds. */
  postpone(gap: number): void {
    for (const timer of this.#timers) if (timer.awaitsInput) timer.due += gap
    for (let slot = (this.#timers.length >> 1) - 1; slot >= 0; slot--) this.#sink(slot)
  }

  #rise(from: number): number {
    const timers = this.#timers
    const timer = timers[from]
    let slot = from
    if (timer === undefined) return slot
    while (slot > 0) {
      const above = (slot - 1) >> 1
      const parent = timers[above]
      if (parent === undefined || !before(timer, parent)) break
      timers[slot] = parent
      parent.slot = slot
      slot = above
    }
    timers[slot] = timer
    timer.slot = slot
    return slot
  }

  #sink(from: number): void {
    const timers = this.#timers
    const timer = timers[from]
    let slot = from
    if (timer === undefined) return
    for (;;) {
      let below = 2 * slot + 1
      let child = timers[below]
      if (child === undefined) break
      const sibling = timers[below + 1]
      if (sibling !== undefined && before(sibling, child)) {
        below += 1
        child = sibling
      }
      if (!before(child, timer)) break
      timers[slot] = child
      child.slot = slot
      slot = below
    }
    timers[slot] = timer
    timer.slot = slot
  }
}

function before(a: Timer, b: Timer): boolean {
  return a.due < b.due || (a.due === b.due && a.seq < b.seq)
}
