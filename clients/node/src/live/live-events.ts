import type { Event } from 'weir-protocol'
import { deferred } from '../deferred.ts'
import type { ClientError } from '../errors.ts'
import { Fifo } from '../fifo.ts'
import type { Settings } from '../options.ts'
import { Feed, type Wanted } from './feed.ts'

/** Who is told of events, as RxJS has it. */
export interface Observer {
  readonly next?: (event: Event) => void
  /** The subscription has ended by itself. */
  readonly error?: (error: ClientError) => void
  /** The client was closed. */
  readonly complete?: () => void
}

/**
 * The events that match a query: those in the index, then each that comes into it. An async iterable, and an observable
 * that RxJS's `from` takes as it is. Each loop and each observer has a subscription of its own, which begins with it.
 */
export interface LiveEvents extends AsyncIterable<Event> {
  subscribe(observer: Observer | ((event: Event) => void)): { unsubscribe(): void }
}

/** So many events wait for a loop before the hub is read no further, and so few before it is again. */
const FULL = 1000
const ROOM = 500

/** The subscriptions of one client, which end with it. */
export class LiveQueries {
  readonly #settings: Settings
  readonly #feeds = new Set<Feed>()
  #closed = false

  constructor(settings: Settings) {
    this.#settings = settings
  }

  of(wanted: Wanted): LiveEvents {
    const start = (observer: Observer) => this.#start(wanted, observer)
    const events: LiveEvents = {
      [Symbol.asyncIterator]: () => iterate(start),
      subscribe(observer) {
        const feed = start(typeof observer === 'function' ? { next: observer } : observer)
        return { unsubscribe: () => feed?.stop() }
      },
    }
    // What makes an observable of it for other libraries: the symbol where something has defined it, else this name.
    const symbol: unknown = Reflect.get(Symbol, 'observable')
    for (const key of [symbol, '@@observable'])
      if (typeof key === 'symbol' || typeof key === 'string')
        Object.defineProperty(events, key, { value: () => events })
    return events
  }

  close(): void {
    this.#closed = true
    for (const feed of this.#feeds) feed.stop()
  }

  #start(wanted: Wanted, observer: Observer): Feed | undefined {
    if (this.#closed) {
      observer.complete?.()
      return undefined
    }
    const feed: Feed = new Feed(this.#settings, wanted, {
      onEvent: (event) => observer.next?.(event),
      onEnd: (error) => {
        this.#feeds.delete(feed)
        if (error) observer.error?.(error)
        else observer.complete?.()
      },
    })
    this.#feeds.add(feed)
    return feed
  }
}

async function* iterate(
  start: (observer: Observer) => Feed | undefined,
): AsyncGenerator<Event, void, undefined> {
  const waiting = new Fifo<Event>()
  let ended = false
  let failure: ClientError | undefined
  let wake = deferred<void>()
  const feed = start({
    next: (event) => {
      waiting.push(event)
      if (waiting.length === FULL) feed?.pause()
      wake.resolve()
    },
    error: (error) => {
      failure = error
      ended = true
      wake.resolve()
    },
    complete: () => {
      ended = true
      wake.resolve()
    },
  })
  try {
    for (;;) {
      const event = waiting.shift()
      if (event !== undefined) {
        if (waiting.length === ROOM) feed?.resume()
        yield event
      } else if (failure !== undefined) throw failure
      else if (ended) return
      else {
        await wake.promise
        wake = deferred<void>()
      }
    }
  } finally {
    feed?.stop()
  }
}
