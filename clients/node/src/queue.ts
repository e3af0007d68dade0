import { ClientError } from './errors.ts'
import { Fifo } from './fifo.ts'
import type { Message, Outcome } from './message.ts'

/** What happens to a message for which the queue has no room. */
export type WhenFull = 'wait' | 'drop-oldest' | 'drop-newest'

export interface QueueLimits {
  /** The most events that the queue holds. */
  readonly events: number
  /** The most bytes of encoded messages that it holds. */
  readonly bytes: number
  readonly full: WhenFull
}

/** The most messages that wait in line for room, with `wait`; their bytes are limited as those of the queue are. */
export const MAX_IN_LINE = 1000

/** How often a message may be the first without an answer when the hub goes away, before it is given up. */
export const MAX_LOSSES = 5

export interface QueueCounts {
  /** Events whose message the hub accepted. */
  accepted: number
  /** Events whose message it refused. */
  refused: number
  /** Events that went nowhere because the queue was full. */
  dropped: number
  /** Events given up for another reason: the connection, the time, `close`. */
  failed: number
  /** Events sent once more because the connection ended before the answer. */
  resent: number
}

/**
 * The messages of one client from when they are handed in until it is known what became of them, in order: in line for
 * room, waiting to be sent, then outstanding, which is sent and not answered. The hub answers in the order of sending.
 */
export class MessageQueue {
  readonly counts: QueueCounts = { accepted: 0, refused: 0, dropped: 0, failed: 0, resent: 0 }
  /** Told whenever a message is settled. */
  onSettled: (outcome: Outcome) => void = () => {}
  readonly #limits: QueueLimits
  readonly #line = new Fifo<Message>()
  #lineBytes = 0
  readonly #waiting = new Fifo<Message>()
  readonly #outstanding = new Fifo<Message>()
  #events = 0
  #bytes = 0
  /** Each waits for the messages that were there when it came, those from `before` on not among them. */
  readonly #barriers = new Set<{ readonly before: number; left: number; readonly pass: () => void }>()
  #next = 0

  constructor(limits: QueueLimits) {
    this.#limits = limits
  }

  /** Waiting and outstanding. */
  get events(): number {
    return this.#events
  }

  get bytes(): number {
    return this.#bytes
  }

  get waiting(): number {
    return this.#waiting.length
  }

  get outstanding(): number {
    return this.#outstanding.length
  }

  /** Messages that nobody knows the end of. */
  get length(): number {
    return this.#line.length + this.#waiting.length + this.#outstanding.length
  }

  /** Takes a message in, or settles it at once where there is no room for it. */
  offer(message: Message): void {
    message.place = this.#next++
    if (this.#limits.full === 'drop-oldest')
      while (this.#waiting.length > 0 && !this.#hasRoom(message)) this.#dropOldest()
    if (this.#line.length === 0 && this.#hasRoom(message)) this.#take(message)
    else if (this.#limits.full === 'wait' && this.#lineHasRoom(message)) this.#lineUp(message)
    else this.#drop(message)
  }

  /** Settles a message that is not taken in at all. */
  turnAway(message: Message, error: ClientError): void {
    message.place = this.#next++
    this.#settle(message, error)
  }

  /** The next message to be sent, which is outstanding from now on. */
  next(): Message | undefined {
    const message = this.#waiting.shift()
    if (message !== undefined) this.#outstanding.push(message)
    return message
  }

  /** Settles the first of the outstanding messages; false where there is none. */
  answered(outcome: Outcome): boolean {
    const message = this.#outstanding.shift()
    if (message === undefined) return false
    this.#leave(message)
    this.#settle(message, outcome)
    this.#admit()
    return true
  }

  /**
   * Puts the outstanding messages back to the front: they are to be sent again.
   *
   * @param proven Whether the hub had answered something on this connection. Then the first message may be what it fell
   * over; after MAX_LOSSES times it is given up.
   */
  lost(error: ClientError, proven: boolean): void {
    const [first, ...rest] = this.#outstanding.drain()
    if (first === undefined) return
    if (proven) first.losses++
    const guilty = first.losses >= MAX_LOSSES
    const again = guilty ? rest : [first, ...rest]
    this.#waiting.prepend(again)
    for (const { events } of again) this.counts.resent += events
    if (!guilty) return
    this.#leave(first)
    this.#settle(first, error)
    this.#admit()
  }

  /** Settles all: the outstanding ones with one error, those that were not sent with another. */
  fail(sent: ClientError, unsent: ClientError): void {
    const outstanding = this.#outstanding.drain()
    const others = [...this.#waiting.drain(), ...this.#line.drain()]
    this.#events = 0
    this.#bytes = 0
    this.#lineBytes = 0
    for (const message of outstanding) this.#settle(message, sent)
    for (const message of others) this.#settle(message, unsent)
  }

  /** Calls `pass` as soon as all messages that are here now are settled. */
  barrier(pass: () => void): void {
    if (this.length === 0) pass()
    else this.#barriers.add({ before: this.#next, left: this.length, pass })
  }

  #hasRoom({ events, frame }: Message): boolean {
    // An empty queue takes any message, however large.
    if (this.#waiting.length + this.#outstanding.length === 0) return true
    return this.#events + events <= this.#limits.events && this.#bytes + frame.length <= this.#limits.bytes
  }

  #take(message: Message): void {
    this.#waiting.push(message)
    this.#events += message.events
    this.#bytes += message.frame.length
  }

  #leave(message: Message): void {
    this.#events -= message.events
    this.#bytes -= message.frame.length
  }

  #lineHasRoom({ frame }: Message): boolean {
    if (this.#line.length === 0) return true
    return this.#line.length < MAX_IN_LINE && this.#lineBytes + frame.length <= this.#limits.bytes
  }

  #lineUp(message: Message): void {
    this.#line.push(message)
    this.#lineBytes += message.frame.length
  }

  /** Lets those in line in, as far as there is room. */
  #admit(): void {
    for (let message = this.#line.peek(); message !== undefined; message = this.#line.peek()) {
      if (!this.#hasRoom(message)) return
      this.#line.shift()
      this.#lineBytes -= message.frame.length
      this.#take(message)
    }
  }

  #dropOldest(): void {
    const oldest = this.#waiting.shift()
    if (oldest === undefined) return
    this.#leave(oldest)
    this.#drop(oldest)
  }

  #drop(message: Message): void {
    const { events, bytes } = this.#limits
    const why = `the queue is full (${events} events, ${bytes} bytes): ${message.events} events were dropped`
    this.#settle(message, new ClientError('overloaded', why))
  }

  #settle(message: Message, outcome: Outcome): void {
    this.counts[fateOf(outcome)] += message.events
    message.settle(outcome)
    this.onSettled(outcome)
    for (const barrier of this.#barriers) {
      if (message.place >= barrier.before || --barrier.left > 0) continue
      this.#barriers.delete(barrier)
      barrier.pass()
    }
  }
}

function fateOf(outcome: Outcome): Exclude<keyof QueueCounts, 'resent'> {
  if (outcome instanceof ClientError) return outcome.code === 'overloaded' ? 'dropped' : 'failed'
  return outcome.ok === true ? 'accepted' : 'refused'
}
