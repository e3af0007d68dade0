import type { NextTurn } from '../../clock/turn.ts'
import type { Wall } from '../../clock/wall.ts'
import type { Fold } from '../../fold.ts'
import type { Entry } from '../../index/index.ts'
import { INDEX_TOPIC } from '../../rules/effects.ts'
import { Change, latestOfEach } from './change.ts'
import { Batch, Feed, type Interest } from './feed.ts'
import type { End, Reader } from './reader.ts'
import { type Shared, Subscription } from './subscription.ts'

/** Changes are told together that come within this time. */
const TOGETHER_MS = 20
/** How many changes are looked at together at most. */
const BATCH = 5_000
/** How much work is done before the hub gets a turn; an event looked at is one, one that is told four. */
const WORK_A_TURN = 8_000
/** When so many changes wait to be looked at, only the latest of each key is kept. */
export const WAITING = 20_000
/** When that leaves more than so many, all subscriptions end: their readers begin anew. */
export const WAITING_KEYS = 50_000
/** What all readers together may have before them, shared out evenly, and how much that is at least and at most. */
const BEHIND_BYTES = { all: 128 * 1024 ** 2, least: 8 * 1024, most: 4 * 1024 ** 2 }
/** How many keys are held for a reader that is behind, and for all of them. */
export const HELD = { each: 50_000, all: 500_000 }
/** How often readers get a sign of life; one that has not answered the last is cut off. */
export const PROBE_MS = 30_000
/** How many subscriptions there may be. */
export const SUBSCRIPTION_LIMIT = 10_000

const SLOW: End = { why: 'slow', said: 'too slow: too much has changed unread; subscribe again' }
const OVERRUN: End = { why: 'overrun', said: 'more changes than can be told; subscribe again' }
const STOPPING: End = { why: 'stopping', said: 'the hub is stopping' }
const DONE: End = { why: 'done', said: '' }

/** What somebody subscribes to. */
export interface Wanted extends Interest {
  /** `index`, or one that rules publish to. */
  readonly topic: string
  /** The entries of the index to begin with, of which those that match are told; `undefined` is passed over. Default: none. */
  readonly entries?: Iterable<Entry | undefined> | undefined
  /** Whether it goes on after these. */
  readonly follow: boolean
}

/** A snapshot that is being sent. */
interface Walk {
  readonly subscription: Subscription
  readonly steps: Generator<number | 'wait', void>
  readonly follow: boolean
}

/**
 * All who subscribed to what the index gets, or to what rules publish. They are told soon after, together, in slices
 * between the turns of the hub: on the hub's own path a change is only noted.
 *
 * What a subscription promises: all that matches while its reader keeps up; the latest of each key where it does not;
 * and that it ends, with the reason, where not even that can be kept.
 */
export class Subscriptions {
  readonly counters = { sent: 0, conflated: 0, refused: 0, slow: 0, silent: 0, overrun: 0 }
  readonly #wall: Wall
  readonly #turn: NextTurn
  readonly #feeds = new Map<string, Map<string, Feed>>()
  readonly #all = new Map<Subscription, { readonly leave: () => void }>()
  #walks: Walk[] = []
  /** Walks whose readers have too much before them. */
  readonly #resting = new Map<Subscription, Walk>()
  #waiting: Change[] = []
  #compressAt = WAITING
  #number = 0
  /** The changes that are being told. */
  #telling: Generator<number, void> | undefined
  #probing: Generator<number, void> | undefined
  #due = false
  #timing = false
  #scheduled = false
  #held = 0
  #stopProbing: () => void = () => {}
  readonly #stopListening: () => void
  readonly #shared: Shared

  constructor(options: { readonly fold: Fold; readonly wall: Wall; readonly turn: NextTurn }) {
    const { fold, wall, turn } = options
    this.#wall = wall
    this.#turn = turn
    const behind = () => this.#behind()
    this.#shared = {
      counters: this.counters,
      get behind() {
        return behind()
      },
      held: (by, count) => this.#holds(by, count),
      taken: (by) => this.#taken(by),
    }
    this.#stopListening = fold.index.listen((entry, gone, before) => {
      if (!this.#feeds.has(INDEX_TOPIC)) return
      const kind = gone === undefined ? 'new' : 'gone'
      const event = gone ?? entry.event
      const number = ++this.#number
      this.#note(new Change({ topic: INDEX_TOPIC, key: entry, event, kind, before, number }))
    })
    fold.told = (topic, event) => {
      if (!this.#feeds.has(topic)) return
      const key = JSON.stringify([topic, event.host, event.service])
      const number = ++this.#number
      this.#note(new Change({ topic, key, event, kind: 'new', before: undefined, number }))
    }
    this.#probeLater()
  }

  get size(): number {
    return this.#all.size
  }

  /** Whether there is room for another subscription; where not, that is counted. */
  get open(): boolean {
    if (this.#all.size < SUBSCRIPTION_LIMIT) return true
    this.counters.refused += 1
    return false
  }

  /** Begins a subscription; call what is returned when its reader has gone. */
  add(wanted: Wanted, reader: Reader): () => void {
    const subscription = new Subscription(reader, this.#number, this.#shared)
    const leave = wanted.follow ? this.#join(wanted, subscription) : () => {}
    this.#all.set(subscription, { leave })
    if (wanted.entries !== undefined) {
      const steps = subscription.snapshot(wanted.entries, wanted.matches)
      this.#walks.push({ subscription, steps, follow: wanted.follow })
      this.#schedule()
    }
    return () => this.#remove(subscription)
  }

  /** Ends all subscriptions. */
  close(): void {
    this.#stopProbing()
    this.#stopListening()
    for (const subscription of this.#all.keys()) this.#end(subscription, STOPPING)
  }

  #join(wanted: Wanted, subscription: Subscription): () => void {
    const { topic } = wanted
    const query = wanted.left === true ? `left ${wanted.query}` : wanted.query
    let feeds = this.#feeds.get(topic)
    if (feeds === undefined) {
      feeds = new Map()
      this.#feeds.set(topic, feeds)
    }
    const feed = feeds.get(query) ?? new Feed(wanted)
    feeds.set(query, feed)
    feed.subscribers.add(subscription)
    return () => {
      feed.subscribers.delete(subscription)
      if (feed.subscribers.size > 0) return
      feeds.delete(query)
      if (feeds.size === 0) this.#feeds.delete(topic)
    }
  }

  #note(change: Change): void {
    this.#waiting.push(change)
    if (this.#waiting.length >= this.#compressAt) this.#compress()
    if (this.#timing) return
    this.#timing = true
    this.#wall.after(TOGETHER_MS, () => {
      this.#timing = false
      this.#due = true
      this.#schedule()
    })
  }

  #compress(): void {
    const before = this.#waiting.length
    this.#waiting = latestOfEach(this.#waiting)
    this.counters.conflated += before - this.#waiting.length
    this.#compressAt = Math.max(WAITING, 2 * this.#waiting.length)
    if (this.#waiting.length <= WAITING_KEYS) return
    this.#waiting = []
    this.#compressAt = WAITING
    for (const subscription of this.#all.keys()) this.#end(subscription, OVERRUN)
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    this.#turn(() => {
      this.#scheduled = false
      this.#work()
    })
  }

  /** Some of what there is to do: changes first, then snapshots, for which all changes have to be told. */
  #work(): void {
    let left = WORK_A_TURN
    while (left > 0) {
      const done = this.#tellSome() ?? this.#walkSome() ?? this.#probeSome()
      if (done === undefined) return
      left -= done
    }
    this.#schedule()
  }

  #tellSome(): number | undefined {
    if (this.#telling === undefined) {
      if (this.#waiting.length === 0 || !(this.#due || this.#walks.length > 0)) return undefined
      this.#telling = this.#tell(this.#waiting.splice(0, BATCH))
      if (this.#waiting.length === 0) this.#due = false
    }
    const { done, value } = this.#telling.next()
    if (done === true) this.#telling = undefined
    return value ?? 1
  }

  *#tell(changes: readonly Change[]): Generator<number, void> {
    const topics = Map.groupBy(changes, ({ topic }) => topic)
    for (const [topic, own] of topics) {
      const batch = new Batch(own)
      for (const feed of this.#feeds.get(topic)?.values() ?? []) {
        yield 1
        yield* feed.tell(batch)
      }
    }
  }

  #walkSome(): number | undefined {
    const walk = this.#walks.shift()
    if (walk === undefined) return undefined
    const { subscription, steps, follow } = walk
    if (subscription.ended) return 1
    const { done, value } = steps.next()
    if (value === 'wait') this.#resting.set(subscription, walk)
    else if (done !== true) this.#walks.push(walk)
    else if (follow) subscription.catchUp()
    else this.#end(subscription, DONE)
    return typeof value === 'number' ? 4 * value : 1
  }

  #taken(subscription: Subscription): void {
    if (subscription.ended || subscription.behind) return
    const walk = this.#resting.get(subscription)
    if (walk === undefined) {
      subscription.catchUp()
      return
    }
    this.#resting.delete(subscription)
    this.#walks.push(walk)
    this.#schedule()
  }

  #behind(): number {
    const { all, least, most } = BEHIND_BYTES
    return Math.max(least, Math.min(most, all / this.#all.size))
  }

  #holds(by: Subscription, count: number): void {
    this.#held += count
    if (by.held > HELD.each) this.#end(by, SLOW)
    if (this.#held <= HELD.all) return
    let most = by
    for (const subscription of this.#all.keys()) if (subscription.held > most.held) most = subscription
    this.#end(most, SLOW)
  }

  #probeLater(): void {
    this.#stopProbing = this.#wall.after(PROBE_MS, () => {
      this.#probing = this.#probe()
      this.#schedule()
      this.#probeLater()
    })
  }

  #probeSome(): number | undefined {
    const step = this.#probing?.next()
    if (step?.done === true) this.#probing = undefined
    return step?.value ?? undefined
  }

  *#probe(): Generator<number, void> {
    for (const subscription of this.#all.keys()) {
      if (!subscription.reader.probe()) {
        this.counters.silent += 1
        this.#remove(subscription)
        subscription.reader.destroy()
      }
      yield 20
    }
  }

  #end(subscription: Subscription, end: End): void {
    if (subscription.ended) return
    if (end.why === 'slow' || end.why === 'overrun') this.counters[end.why] += 1
    this.#remove(subscription)
    subscription.reader.close(end)
  }

  #remove(subscription: Subscription): void {
    const known = this.#all.get(subscription)
    if (known === undefined) return
    this.#all.delete(subscription)
    known.leave()
    subscription.ended = true
    this.#resting.delete(subscription)
    subscription.drop()
  }
}
