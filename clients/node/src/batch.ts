import { acceptance } from './acceptance.ts'
import type { Clock } from './clock.ts'
import { deferred } from './deferred.ts'
import { type Message, makeMessage } from './message.ts'

/** When a batch is sent. */
export interface BatchLimits {
  /** With so many events. Default: 500. */
  readonly events: number
  /** So many milliseconds after its first event; 0: with those of this turn of the event loop. Default: 10. */
  readonly ms: number
}

interface Batch {
  readonly parts: Uint8Array[]
  bytes: number
  events: number
  readonly sent: ReturnType<typeof deferred<void>>
  readonly cancel: () => void
}

/**
 * Gathers encoded messages into larger ones. One Msg after another is one Msg with the events of both: protobuf's
 * repeated fields add up, so a batch is their bytes in a row.
 */
export class Batcher {
  readonly #limits: BatchLimits
  readonly #maxBytes: number
  readonly #clock: Clock
  readonly #address: string
  readonly #emit: (message: Message) => void
  #batch: Batch | undefined

  /** @param maxBytes A batch is sent before it becomes larger; what is larger by itself is alone in its batch. */
  constructor(
    limits: BatchLimits,
    maxBytes: number,
    clock: Clock,
    address: string,
    emit: (message: Message) => void,
  ) {
    this.#limits = limits
    this.#maxBytes = maxBytes
    this.#clock = clock
    this.#address = address
    this.#emit = emit
  }

  /** Adds an encoded Msg; the promise is that of the whole batch. */
  add(msg: Uint8Array, events: number): Promise<void> {
    if (this.#batch !== undefined && this.#batch.bytes + msg.length > this.#maxBytes) this.flush()
    this.#batch ??= {
      parts: [],
      bytes: 0,
      events: 0,
      sent: deferred<void>(),
      cancel: this.#clock.after(this.#limits.ms, () => this.flush()),
    }
    const batch = this.#batch
    batch.parts.push(msg)
    batch.bytes += msg.length
    batch.events += events
    if (batch.events >= this.#limits.events || batch.bytes >= this.#maxBytes) this.flush()
    return batch.sent.promise
  }

  /** Sends what there is. */
  flush(): void {
    const batch = this.#batch
    if (batch === undefined) return
    this.#batch = undefined
    batch.cancel()
    this.#emit(
      makeMessage(frameOf(batch.parts, batch.bytes), batch.events, acceptance(batch.sent, this.#address)),
    )
  }
}

/** A frame whose Msg is these bytes in a row. */
export function frameOf(parts: readonly Uint8Array[], bytes: number): Uint8Array {
  const frame = new Uint8Array(4 + bytes)
  new DataView(frame.buffer).setUint32(0, bytes)
  let at = 4
  for (const part of parts) {
    frame.set(part, at)
    at += part.length
  }
  return frame
}
