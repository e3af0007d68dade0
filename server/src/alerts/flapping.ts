import { Timer } from '../clock/heap.ts'
import type { LogicalClock } from '../clock/logical.ts'
import type { Alert } from './alert.ts'

/** How many rules-and-keys are watched for flapping; beyond it further ones are not guarded. */
export const FLAP_LIMIT = 100_000

/** A rule and key as a checkpoint keeps it. */
export interface SavedFlap {
  readonly name: string
  readonly within: number
  readonly firings: readonly number[]
  readonly flapping: boolean
  readonly last: Alert | undefined
  readonly told: readonly string[]
  readonly due: number
  readonly seq: number
}

/** The firings of one rule and key; its timer ends the watch when nothing has changed for a while. */
class Flap extends Timer {
  readonly awaitsInput = false
  readonly name: string
  readonly within: number
  firings: readonly number[] = []
  flapping = false
  /** The alert as it stands, or stood last. */
  last: Alert | undefined
  /** The destinations that were told that it flaps. */
  told: readonly string[] = []
  readonly #settled: (flap: Flap) => void

  constructor(name: string, within: number, settled: (flap: Flap) => void) {
    super()
    this.name = name
    this.within = within
    this.#settled = settled
  }

  fire(): void {
    this.#settled(this)
  }
}

/** Finds alerts that fire and resolve again and again: they are told once when that starts and once when it settles. */
export class FlapGuard {
  readonly #flaps = new Map<string, Flap>()
  readonly #clock: LogicalClock
  readonly #settled: (name: string, last: Alert, told: readonly string[]) => void

  /**
   * `settled` hears of a rule and key that flapped and has not changed for the policy's `within`, of its last alert, and
   * of the destinations that were told that it flaps.
   */
  constructor(clock: LogicalClock, settled: (name: string, last: Alert, told: readonly string[]) => void) {
    this.#clock = clock
    this.#settled = settled
  }

  isFlapping(name: string): boolean {
    return this.#flaps.get(name)?.flapping === true
  }

  /** An alert began to fire. Answers whether it flaps from now on. */
  fired(name: string, alert: Alert): boolean {
    const { policy } = alert
    if (policy.flapping === undefined) return false
    const { count, within } = policy.flapping
    const flap = this.#flaps.get(name) ?? new Flap(name, within, this.#over)
    if (!this.#flaps.has(name)) {
      if (this.#flaps.size >= FLAP_LIMIT) return false
      this.#flaps.set(name, flap)
    }
    flap.last = alert
    const now = this.#clock.now
    flap.firings = [...flap.firings.filter((at) => at > now - within), now].slice(-count)
    this.#clock.set(flap, now + within)
    if (flap.flapping || flap.firings.length < count) return false
    flap.flapping = true
    return true
  }

  /** An alert changed or was resolved: what flaps has not settled. */
  changed(name: string, alert: Alert): void {
    const flap = this.#flaps.get(name)
    if (flap === undefined) return
    flap.last = alert
    this.#clock.set(flap, this.#clock.now + flap.within)
  }

  /** A destination was told that it flaps. */
  told(name: string, destination: string): void {
    const flap = this.#flaps.get(name)
    if (flap !== undefined && !flap.told.includes(destination)) flap.told = [...flap.told, destination]
  }

  /** Watches it no longer. Answers the destinations that were told that it flaps. */
  forget(name: string): readonly string[] {
    const flap = this.#flaps.get(name)
    if (flap === undefined) return []
    this.#clock.cancel(flap)
    this.#flaps.delete(name)
    return flap.told
  }

  save(): readonly SavedFlap[] {
    return [...this.#flaps.values()].map(({ name, within, firings, flapping, last, told, due, seq }) => ({
      name,
      within,
      firings,
      flapping,
      last,
      told,
      due,
      seq,
    }))
  }

  load({ name, within, firings, flapping, last, told, due, seq }: SavedFlap): void {
    const flap = new Flap(name, within, this.#over)
    flap.firings = firings
    flap.flapping = flapping
    flap.last = last
    flap.told = told
    this.#flaps.set(name, flap)
    this.#clock.restore(flap, due, seq)
  }

  readonly #over = (flap: Flap): void => {
    this.#flaps.delete(flap.name)
    if (flap.flapping && flap.last !== undefined) this.#settled(flap.name, flap.last, flap.told)
  }
}
