import type { Event } from 'weir-protocol'
import type { Entry } from '../../index/index.ts'
import type { Change, Key } from './change.ts'
import { eventJson } from './event-json.ts'
import type { Reader } from './reader.ts'

/** How many entries one step of a snapshot looks at. */
const TOGETHER = 100

/** What a subscription shares with all others. */
export interface Shared {
  /** How many bytes a reader may have before it before it is told only the latest of each key. */
  readonly behind: number
  readonly counters: { sent: number; conflated: number }
  /** It holds one key more, or that many less, for later. */
  held(by: Subscription, count: number): void
  /** The network has taken what its reader was sent. */
  taken(by: Subscription): void
}

/**
 * What one reader subscribed to: it gets every change that matches while it keeps up. One that has not read `behind`
 * bytes is told no more until it has; then it gets the latest change of each key since.
 *
 * With a snapshot, the entries of the index that match come first, as they are when they are sent. What changes
 * meanwhile is held until they all are, so that nothing is lost between the two and nothing older follows.
 */
export class Subscription {
  readonly reader: Reader
  readonly #shared: Shared
  readonly #since: number
  readonly #held = new Map<Key, Change>()
  #walking = false
  ended = false

  /** `since`: the number of the last change that it is not told. */
  constructor(reader: Reader, since: number, shared: Shared) {
    this.reader = reader
    this.#since = since
    this.#shared = shared
  }

  /** How many keys wait to be sent. */
  get held(): number {
    return this.#held.size
  }

  /** Whether its reader has too much to read before it. */
  get behind(): boolean {
    return this.reader.buffered > this.#shared.behind
  }

  /** Tells its reader of changes, now or when it has caught up. */
  take(changes: readonly Change[]): void {
    let next = 0
    if (!this.#walking && this.#held.size === 0) next = this.#send(changes)
    for (; next < changes.length && !this.ended; next++) {
      const change = changes[next]
      if (change !== undefined && change.number > this.#since) this.#hold(change)
    }
  }

  /** Sends what is held, as much as its reader may have before it. */
  catchUp(): void {
    if (this.#walking || this.#held.size === 0 || this.ended) return
    const changes = [...this.#held.values()]
    const sent = this.#send(changes)
    for (const { key } of changes.slice(0, sent)) this.#held.delete(key)
    this.#shared.held(this, -sent)
  }

  /** Nothing is held any more. */
  drop(): void {
    const { size } = this.#held
    this.#held.clear()
    this.#shared.held(this, -size)
  }

  /**
   * Sends the entries that match, a few at each step; yields how many were looked at, or `wait` where its reader has
   * too much before it. Every change before a step must have been handed to `take`.
   */
  *snapshot(
    entries: Iterable<Entry | undefined>,
    matches: (event: Event) => boolean,
  ): Generator<number | 'wait', void> {
    this.#walking = true
    let found: Buffer[] = []
    let looked = 0
    const send = () => {
      if (found.length === 0) return
      this.#shared.counters.sent += found.length
      this.reader.send(found, () => this.#shared.taken(this))
      found = []
    }
    for (const entry of entries) {
      looked += 1
      if (entry !== undefined && matches(entry.event)) {
        // What is held of it is this very event.
        if (this.#held.delete(entry)) this.#shared.held(this, -1)
        found.push(Buffer.from(eventJson(entry.event)))
      }
      if (looked < TOGETHER) continue
      send()
      yield looked
      looked = 0
      while (this.behind) yield 'wait'
    }
    send()
    this.#walking = false
  }

  /** Sends changes until its reader has too much before it; answers how many it was done with. */
  #send(changes: readonly Change[]): number {
    let room = this.#shared.behind - this.reader.buffered
    const found: Buffer[] = []
    let done = 0
    for (; done < changes.length && room >= 0; done++) {
      const change = changes[done]
      if (change === undefined || change.number <= this.#since) continue
      found.push(change.json)
      room -= change.json.length
    }
    if (found.length > 0) {
      this.#shared.counters.sent += found.length
      this.reader.send(found, () => this.#shared.taken(this))
    }
    return done
  }

  #hold(change: Change): void {
    const { size } = this.#held
    this.#held.set(change.key, change)
    if (this.#held.size === size) this.#shared.counters.conflated += 1
    else this.#shared.held(this, 1)
  }
}
