import type { Event } from 'weir-protocol'
import type { Entry } from '../../index/index.ts'
import { eventJson, leftJson } from './event-json.ts'

/** What a slow reader is told only the latest of: an entry of the index, or the topic, host and service of an event. */
export type Key = Entry | string

/** Something that the subscribers of a topic may be told; made once for all of them. */
export class Change {
  readonly topic: string
  readonly key: Key
  readonly event: Event
  /** What it does to an entry of the index. `left`: for who asked, as it matches no more. */
  readonly kind: 'new' | 'gone' | 'left'
  /** What the entry held before it; where several changes became one, before the first of them. */
  before: Event | undefined
  /** Counts up: later changes have a higher one. */
  readonly number: number
  #json: Buffer | undefined
  #left: Change | undefined

  constructor(
    parts: Pick<Change, 'topic' | 'key' | 'event' | 'kind' | 'number'> & {
      readonly before: Event | undefined
    },
  ) {
    this.topic = parts.topic
    this.key = parts.key
    this.event = parts.event
    this.kind = parts.kind
    this.before = parts.before
    this.number = parts.number
  }

  /** The event as subscribers get it. */
  get json(): Buffer {
    this.#json ??= Buffer.from(this.kind === 'left' ? leftJson(this.event) : eventJson(this.event))
    return this.#json
  }

  /** The same, for those whose query it does not match any more. */
  get asLeft(): Change {
    const { topic, key, event, before, number } = this
    this.#left ??= new Change({ topic, key, event, kind: 'left', before, number })
    return this.#left
  }
}

/** The latest change of each key, in the order of these. */
export function latestOfEach(changes: readonly Change[]): Change[] {
  const latest = new Map<Key, Change>()
  for (const change of changes) {
    const earlier = latest.get(change.key)
    if (earlier !== undefined) change.before = earlier.before
    latest.delete(change.key)
    latest.set(change.key, change)
  }
  return [...latest.values()]
}
