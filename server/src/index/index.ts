import { DEFAULT_TTL, type Event, expire, isExpired, NO_ATTRIBUTES, NO_TAGS } from 'weir-protocol'
import { SECOND } from '../clock/duration.ts'
import { Timer } from '../clock/heap.ts'
import type { LogicalClock } from '../clock/logical.ts'
import { ByService } from './by-service.ts'
import { weightAfter, weightOf } from './weight.ts'

/** How many pairs of host and service the index holds unless told otherwise. */
export const INDEX_LIMIT = 1_000_000
/** How many characters the texts of all its events may have together. */
export const WEIGHT_LIMIT = 1024 ** 3

/** The latest event of a host and service; its timer is its ttl. */
export class Entry extends Timer {
  readonly awaitsInput = true
  event: Event
  /** When the event arrived, in microseconds. */
  arrival = 0
  /** The epoch of the index in which it was last saved, or made. */
  epoch = 0
  /** Its number among all entries that the index ever had. */
  born = 0
  /** How many characters its event has. */
  weight = 0
  /** Its neighbours among the entries of its service. */
  before: Entry | undefined = undefined
  after: Entry | undefined = undefined
  readonly #expire: (entry: Entry) => void

  constructor(event: Event, expire: (entry: Entry) => void) {
    super()
    this.event = event
    this.#expire = expire
  }

  fire(): void {
    this.#expire(this)
  }
}

/**
 * Hears of each entry that changed, or that left the index: then `gone` is what took it out, an expired event, or the
 * expired copy of its own where its ttl ran out or it was forgotten; the entry still holds the event of before. `before`
 * is the event that it held until then; of a new entry there is none.
 */
export type IndexListener = (entry: Entry, gone: Event | undefined, before: Event | undefined) => void

/**
 * The latest event of each host and service, bounded in number and in time.
 *
 * An entry leaves when its ttl (60 s where it has none) has passed since its arrival, or when an expired event is
 * inserted; times of the events themselves do not matter. New keys beyond the limit, of their number or of the texts of
 * all events together, are refused and counted; known ones are still renewed, where their texts find no room without
 * description, tags and attributes.
 */
export class Index {
  readonly counters = { inserted: 0, expired: 0, refused: 0 }
  /** Raised when a checkpoint begins: an entry of an older epoch is saved before it changes. */
  epoch = 0
  /** Takes an entry that is about to change, while a checkpoint is being written. */
  saver: ((entry: Entry) => void) | undefined
  readonly #hosts = new Map<string | undefined, Map<string | undefined, Entry>>()
  /** The host that was asked for last, with its entries: events of a host come together. */
  #latestHost: string | undefined
  #latest: Map<string | undefined, Entry> | undefined
  readonly #byService = new ByService()
  readonly #clock: LogicalClock
  readonly #limit: number
  readonly #weightLimit: number
  readonly #expired: (event: Event) => void
  readonly #refused: (event: Event) => void
  #size = 0
  #weight = 0
  #births = 0
  #listeners: readonly IndexListener[] = []

  /** `expired` gets the expired copy of an event that ran out of its ttl; `refused` each event that found no room. */
  constructor(options: {
    readonly clock: LogicalClock
    readonly limit?: number
    /** Default 2^30 characters. */
    readonly weightLimit?: number
    readonly expired: (event: Event) => void
    readonly refused: (event: Event) => void
  }) {
    this.#clock = options.clock
    this.#limit = options.limit ?? INDEX_LIMIT
    this.#weightLimit = options.weightLimit ?? WEIGHT_LIMIT
    this.#expired = options.expired
    this.#refused = options.refused
  }

  get size(): number {
    return this.#size
  }

  /** Lets a listener hear of every change from now on; call what is returned to end that. */
  listen(listener: IndexListener): () => void {
    this.#listeners = [...this.#listeners, listener]
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== listener)
    }
  }

  lookup(host: string | undefined, service: string | undefined): Event | undefined {
    return this.#hosts.get(host)?.get(service)?.event
  }

  entry(host: string | undefined, service: string | undefined): Entry | undefined {
    return this.#hosts.get(host)?.get(service)
  }

  *entries(): Generator<Entry> {
    for (const services of this.#hosts.values()) yield* services.values()
  }

  /** The number of the entry that was added last: those with a higher one came later. */
  get births(): number {
    return this.#births
  }

  /** The hosts, each with its entries by service; may be walked while the index changes. */
  get hosts(): ReadonlyMap<string | undefined, ReadonlyMap<string | undefined, Entry>> {
    return this.#hosts
  }

  /** The services, each with its entries; may be walked while the index changes. */
  get byService(): Pick<ByService, 'size' | 'services' | 'first'> {
    return this.#byService
  }

  /** Takes the event in. Throws a RangeError where its ttl is not a number; then nothing has changed. */
  insert(event: Event): void {
    const { host, service, ttl = DEFAULT_TTL } = event
    if (Number.isNaN(ttl)) throw new RangeError('the ttl of an event has to be a number')
    let services = this.#servicesOf(host)
    let entry = services?.get(service)
    if (isExpired(event)) {
      if (entry !== undefined) this.#remove(entry, event)
      return
    }
    let taken = event
    const before = entry?.event
    if (entry === undefined) {
      const weight = weightOf(event)
      if (this.#size >= this.#limit || this.#weight + weight > this.#weightLimit) {
        this.counters.refused += 1
        this.#refused(event)
        return
      }
      if (services === undefined) {
        services = new Map()
        this.#hosts.set(host, services)
      }
      entry = new Entry(event, this.#expire)
      entry.epoch = this.epoch
      this.#add(entry, services)
    } else {
      if (entry.epoch !== this.epoch) this.touch(entry)
      taken = this.#weigh(entry, event)
    }
    entry.event = taken
    entry.arrival = this.#clock.now
    this.counters.inserted += 1
    this.#clock.set(entry, this.#clock.now + Math.round(ttl * SECOND))
    for (const listener of this.#listeners) listener(entry, undefined, before)
  }

  /** Puts back an entry as it stood in a checkpoint. */
  restore(event: Event, arrival: number, due: number, seq: number): void {
    let services = this.#hosts.get(event.host)
    if (services === undefined) {
      services = new Map()
      this.#hosts.set(event.host, services)
    }
    const entry = new Entry(event, this.#expire)
    entry.arrival = arrival
    this.#add(entry, services)
    this.#clock.restore(entry, due, seq)
  }

  /** Takes out what is known of a host, or of one of its services; nothing expires. Answers how many entries left. */
  forget(host: string | undefined, service?: string): number {
    const services = this.#hosts.get(host)
    const leaving = [...(services?.values() ?? [])].filter(
      (entry) => service === undefined || entry.event.service === service,
    )
    for (const entry of leaving) this.#remove(entry, expire(entry.event, this.#clock.now))
    return leaving.length
  }

  readonly #expire = (entry: Entry): void => {
    const event = expire(entry.event, this.#clock.now)
    this.#remove(entry, event)
    this.counters.expired += 1
    this.#expired(event)
  }

  /** Weighs the event that is to take the place of an entry's; gives it back, without its long texts where they find no room. */
  #weigh(entry: Entry, event: Event): Event {
    let taken = event
    let weight = weightAfter(entry.event, entry.weight, event)
    if (weight > entry.weight && this.#weight + weight - entry.weight > this.#weightLimit) {
      this.counters.refused += 1
      this.#refused(event)
      taken = { ...event, description: undefined, tags: NO_TAGS, attributes: NO_ATTRIBUTES }
      weight = weightOf(taken)
    }
    this.#weight += weight - entry.weight
    entry.weight = weight
    return taken
  }

  #servicesOf(host: string | undefined): Map<string | undefined, Entry> | undefined {
    if (this.#latest !== undefined && host === this.#latestHost) return this.#latest
    this.#latestHost = host
    this.#latest = this.#hosts.get(host)
    return this.#latest
  }

  #add(entry: Entry, services: Map<string | undefined, Entry>): void {
    entry.weight = weightOf(entry.event)
    this.#weight += entry.weight
    entry.born = ++this.#births
    services.set(entry.event.service, entry)
    this.#byService.add(entry)
    this.#size += 1
  }

  /** The entry is about to change. */
  touch(entry: Entry): void {
    entry.epoch = this.epoch
    this.saver?.(entry)
  }

  #remove(entry: Entry, gone: Event): void {
    if (entry.epoch !== this.epoch) this.touch(entry)
    const { host, service } = entry.event
    const services = this.#hosts.get(host)
    services?.delete(service)
    this.#byService.remove(entry)
    if (services?.size === 0) {
      this.#hosts.delete(host)
      this.#latest = undefined
    }
    this.#size -= 1
    this.#weight -= entry.weight
    this.#clock.cancel(entry)
    for (const listener of this.#listeners) listener(entry, gone, entry.event)
  }
}
