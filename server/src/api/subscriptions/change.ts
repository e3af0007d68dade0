import type { Event } from 'weir-protocol'
import type { Entry } from '../../index/index.ts'
import { eventJson } from './event-json.ts'

/** What a slow reader is told only the latest of: an entry of the index, or the topic, host and service of an event. */
export type Key = Entry | string

/** Something that the subscribers of a topic may be told; made once for all of them. */
export class Change {
  readonly topic: string
  readonly key: Key
  readonly event: Event
  /** The event that it took out of the index. */
  readonly before: Event | undefined
  /** Counts up: later changes have a higher one. */
  readonly number: number
  #json: Buffer | undefined

  constructor(topic: string, key: Key, event: Event, before: Event | undefined, number: number) {
    this.topic = topic
    this.key = key
    this.event = event
    this.before = before
    this.number = number
  }

  /** The event as subscribers get it. */
  get json(): Buffer {
    this.#json ??= Buffer.from(eventJson(this.event))
    return this.#json
  }
}

/** The latest change of each key, in the order of these. */
export function latestOfEach(changes: readonly Change[]): Change[] {
  const latest = new Map<Key, Change>()
  for (const change of changes) {
    latest.delete(change.key)
    latest.set(change.key, change)
  }
  return [...latest.values()]
}
