import type { Event } from 'weir-protocol'
import type { Change } from './change.ts'
import type { Subscription } from './subscription.ts'

/** What a query means to those who wait for events. */
export interface Interest {
  readonly query: string
  readonly matches: (event: Event) => boolean
  /** Whether to tell also of entries of the index that do not match any more. */
  readonly left?: boolean
  /** The only host that an event can have that matches (or none), where the query says so. */
  readonly host?: { readonly value: string | undefined } | undefined
}

/** Changes that wait to be looked at, also by host. */
export class Batch {
  readonly changes: readonly Change[]
  #byHost: Map<string | undefined, Change[]> | undefined

  constructor(changes: readonly Change[]) {
    this.changes = changes
  }

  /** Those that concern this host. */
  of(host: string | undefined): readonly Change[] {
    if (this.#byHost === undefined) {
      this.#byHost = new Map()
      for (const change of this.changes) {
        const known = this.#byHost.get(change.event.host)
        if (known === undefined) this.#byHost.set(change.event.host, [change])
        else known.push(change)
      }
    }
    return this.#byHost.get(host) ?? []
  }
}

/** All who asked for the same of a topic: what they ask is decided once for all. */
export class Feed {
  readonly subscribers = new Set<Subscription>()
  readonly #interest: Interest

  constructor(interest: Interest) {
    this.#interest = interest
  }

  /** Tells its subscribers what of a batch matches, in steps; yields how much work each was. */
  *tell(batch: Batch): Generator<number, void> {
    const { host } = this.#interest
    const candidates = host === undefined ? batch.changes : batch.of(host.value)
    const found = candidates.flatMap((change) => this.#told(change) ?? [])
    yield candidates.length
    if (found.length === 0) return
    for (const subscriber of this.subscribers) {
      subscriber.take(found)
      yield 2 + 4 * found.length
    }
  }

  /** What its subscribers are told of a change; undefined for nothing. */
  #told(change: Change): Change | undefined {
    const { matches, left = false } = this.#interest
    const { event, before, kind } = change
    if (matches(event)) return change
    if (kind === 'new' && !left) return undefined
    if (before === undefined || !matches(before)) return undefined
    // Whoever was told of an event hears also that it is gone, whatever took it away.
    return kind === 'gone' ? change : change.asLeft
  }
}
