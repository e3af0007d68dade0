/**
 * Something that is due at a moment of the logical clock. It stands in the heap itself, so that setting a timer
 * allocates nothing and removing it is real.
 */
export abstract class Timer {
  /** Microseconds. */
  due = 0
  /** Order among timers that are due together: the one that was set first fires first. -1 when it was never set, or taken away. */
  seq = -1
  /** Where it stands in the heap; -1 when it is not set. */
  slot = -1
  /**
   * Whether it waits for something to be heard (a ttl, a `for`): such timers move by the length of a gap in which
   * the hub could not listen. Calendar timers (a throttle's window) do not.
   */
  abstract readonly awaitsInput: boolean
  abstract fire(): void
}

/**
 * A binary heap of timers, by due time, then by sequence number.
 *
 * A timer that is set to a later time stays where it stands, which costs nothing, and moves when it comes first: of a ttl
 * that is renewed a hundred times before it would run out, the heap sees one. Where it stands is never later than where
 * it belongs, so the order in which timers come out is exact.
 */
export class TimerHeap {
  readonly #timers: Timer[] = []
  /** By slot: where the timer stands. */
  readonly #dues: number[] = []
  readonly #seqs: number[] = []

  get size(): number {
    return this.#timers.length
  }

  /** The timer that is due first. */
  get first(): Timer | undefined {
    for (;;) {
      const timer = this.#timers[0]
      if (timer === undefined || this.#inPlace(timer)) return timer
      this.#sink(timer, 0)
    }
  }

  /** Whether a timer stands at `time` or before; that one may have been set to a later time. */
  standsBy(time: number): boolean {
    const due = this.#dues[0]
    return due !== undefined && due <= time
  }

  /** Takes out the timer that stands first; one that belongs further behind moves there, and nothing comes out. */
  take(): Timer | undefined {
    const timer = this.#timers[0]
    if (timer === undefined) return undefined
    if (this.#inPlace(timer)) this.remove(timer)
    else {
      this.#sink(timer, 0)
      return undefined
    }
    return timer
  }

  /** All timers, in no certain order. */
  all(): readonly Timer[] {
    return this.#timers
  }

  /** Sets the timer, or moves it when it is set already. */
  set(timer: Timer, due: number, seq: number): void {
    const { slot } = timer
    timer.due = due
    timer.seq = seq
    if (slot < 0) this.#rise(timer, this.#timers.length)
    else if (this.#isBefore(due, seq, slot)) this.#rise(timer, slot)
  }

  /** Takes the timer out; nothing happens when it is not set. */
  remove(timer: Timer): void {
    const { slot } = timer
    if (slot < 0) return
    timer.slot = -1
    const last = this.#timers.pop()
    this.#dues.pop()
    this.#seqs.pop()
    if (last === undefined || last === timer) return
    if (!this.#rise(last, slot)) this.#sink(last, slot)
  }

  /** Moves every timer that awaits input by `gap` microseconds. */
  postpone(gap: number): void {
    const timers = this.#timers
    for (const timer of timers) {
      if (timer.awaitsInput) timer.due += gap
      this.#put(timer, timer.slot)
    }
    for (let slot = (timers.length >> 1) - 1; slot >= 0; slot--) {
      const timer = timers[slot]
      if (timer !== undefined) this.#sink(timer, slot)
    }
  }

  /** Puts the timer into this slot or, where it comes before those above, higher; answers whether higher. */
  #rise(timer: Timer, from: number): boolean {
    let slot = from
    while (slot > 0) {
      const above = (slot - 1) >> 1
      if (!this.#isBefore(timer.due, timer.seq, above)) break
      this.#move(above, slot)
      slot = above
    }
    this.#put(timer, slot)
    return slot !== from
  }

  /** Puts the timer into this slot or, where it comes after those below, lower. */
  #sink(timer: Timer, from: number): void {
    const dues = this.#dues
    const seqs = this.#seqs
    let slot = from
    for (let below = 2 * slot + 1; below < this.#timers.length; below = 2 * slot + 1) {
      const next = below + 1
      if (next < dues.length && this.#isBefore(dues[next] ?? 0, seqs[next] ?? 0, below)) below = next
      if (this.#isBefore(timer.due, timer.seq, below)) break
      this.#move(below, slot)
      slot = below
    }
    this.#put(timer, slot)
  }

  #isBefore(due: number, seq: number, slot: number): boolean {
    const other = this.#dues[slot] ?? 0
    return due < other || (due === other && seq < (this.#seqs[slot] ?? 0))
  }

  #inPlace({ due, seq }: Timer): boolean {
    return due === this.#dues[0] && seq === this.#seqs[0]
  }

  #move(from: number, to: number): void {
    const timer = this.#timers[from]
    if (timer === undefined) return
    this.#timers[to] = timer
    this.#dues[to] = this.#dues[from] ?? 0
    this.#seqs[to] = this.#seqs[from] ?? 0
    timer.slot = to
  }

  #put(timer: Timer, slot: number): void {
    this.#timers[slot] = timer
    this.#dues[slot] = timer.due
    this.#seqs[slot] = timer.seq
    timer.slot = slot
  }
}
