import type { EventEmitter } from 'node:events'
import { type Readable, Transform } from 'node:stream'
import { WeirError } from '../errors.ts'

/** What all bodies may hold together, from their first byte until they are answered. */
const ROOM_BYTES = 128 * 1024 * 1024

/** Bounds the memory of all bodies that are arriving or waiting; each alone is bounded by MAX_BODY. */
export class Room {
  readonly #limit: number
  #held = 0

  constructor(limit = ROOM_BYTES) {
    this.#limit = limit
  }

  /** Bytes. */
  get held(): number {
    return this.#held
  }

  /**
   * The body, counted until `exchange` is closed: answered, or given up. It fails with WEIR_BODY_BUSY where it finds
   * no room.
   */
  admit(body: Readable, exchange: EventEmitter): Readable {
    let held = 0
    let closed = false
    exchange.once('close', () => {
      closed = true
      this.#held -= held
    })
    const counted = new Transform({
      transform: (chunk: Buffer, _, done) => {
        if (closed) return done(null)
        if (this.#held + chunk.length > this.#limit) return done(new WeirError('WEIR_BODY_BUSY', {}))
        held += chunk.length
        this.#held += chunk.length
        done(null, chunk)
      },
    })
    body.on('error', (error) => counted.destroy(error))
    return body.pipe(counted)
  }
}

/** Lets so many tasks run at once; the others wait in line. */
export class Lanes {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(count: number) {
    this.#free = count
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await task()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#free += 1
      else next()
    }
  }
}
