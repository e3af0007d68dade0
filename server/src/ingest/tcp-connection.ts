import type { Socket } from 'node:net'
import { encodeFrame, encodeMsg, FrameReader, ProtocolError } from 'weir-protocol'
import type { Wall } from '../clock/wall.ts'
import type { Intake, Outcome, Transport } from './intake.ts'

/**
 * A connection with this many bytes of messages, or of answers that it has not read, is not read from until there are
 * fewer. It is also what one sender gets done in a turn of the event loop.
 */
export const UNANSWERED_LIMIT = 256 * 1024
/** The same for all connections together: beyond it, nobody is read from until messages were answered. */
export const ALL_UNANSWERED_LIMIT = 32 * 1024 * 1024
/** What all answers to queries may take together that their askers have not read; beyond it, queries are refused. */
export const ALL_UNREAD_LIMIT = 128 * 1024 * 1024
/** Answers above this count for that. */
const SMALL_ANSWER = 4 * 1024
/** Whoever asked for a long answer has this long to read it, and longer by its length. */
export const UNREAD_MS = 60_000
const UNREAD_BYTES_A_MS = 1024
/** What a message counts for besides its bytes, so that the smallest cost something too. */
const MESSAGE_OVERHEAD = 256
const PARTIAL_LIMIT = 128 * 1024 * 1024
/** A frame that has begun has to go on within this time. */
export const STALLED_MS = 60_000
/**
 * After the last answer a peer has this long to read it and close. What it still sends meanwhile is read and dropped:
 * closing over unread bytes would reset the connection, and with it the answer.
 */
export const LINGER_MS = 1_000

const OK = encodeFrame(encodeMsg({ ok: true }))
/** As many of them as may leave in one piece. */
const OKS = Buffer.concat(Array.from({ length: 256 }, () => OK))

/** What the connections of a listener have in common. */
export interface Shared {
  readonly intake: Intake
  readonly transport: Transport
  readonly wall: Wall
  readonly maxFrame: number | undefined
  readonly maxPartial: number | undefined
  readonly connections: Set<Connection>
  /** Bytes that all frames that are still arriving take. */
  partial: number
  /** What all messages that wait for their answers count for. */
  unanswered: number
  /** Bytes of long answers that were not read yet. */
  unread: number
}

/** An answer that is owed; undefined until it is known. */
interface Owed {
  answer: Uint8Array | undefined
  readonly cost: number
}

/** One sender: its frames in, its answers out, in order. */
export class Connection {
  readonly #socket: Socket
  readonly #shared: Shared
  readonly #hosts: ReadonlySet<string> | undefined
  #frames: FrameReader
  readonly #owed: Owed[] = []
  #unanswered = 0
  #held = 0
  #finishing = false
  #ended = false
  #flushing = false
  #cancelTimer: () => void = () => {}
  /** Bytes of long answers that the peer has not read. */
  #unread = 0
  #cancelUnread: () => void = () => {}

  /** `hosts` are those that the peer may speak for; undefined: any. */
  constructor(socket: Socket, shared: Shared, hosts?: ReadonlySet<string>) {
    this.#socket = socket
    this.#shared = shared
    this.#hosts = hosts
    this.#frames = new FrameReader(shared.maxFrame)
    shared.connections.add(this)
    socket.on('data', (chunk: Buffer) => this.#read(chunk))
    socket.on('drain', () => this.#flow())
    socket.on('end', () => {
      this.#cut()
      this.finish()
    })
    // A reset needs no handling beyond `close`.
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#cut()
      this.#finishing = true
      this.#drop()
      this.#cancelTimer()
      this.#cancelUnread()
      shared.unread -= this.#unread
      this.#unread = 0
      shared.connections.delete(this)
    })
  }

  /** How much memory the frame that is still arriving takes. */
  get held(): number {
    return this.#held
  }

  /** Takes no further frame, and closes once everything owed is answered. */
  finish(): void {
    if (!this.#finishing) {
      this.#finishing = true
      this.#drop()
      this.#cancelTimer()
      this.#socket.resume()
    }
    this.#flush()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #read(chunk: Buffer): void {
    if (this.#finishing) return
    try {
      this.#frames.push(chunk, (frame) => this.#take(frame))
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      this.#refuse(error.reason, error.message)
      return
    }
    this.#hold(this.#frames.held)
    this.#flow()
    this.#watch()
  }

  #take(frame: Uint8Array): void {
    const owed = this.#owe(frame.length)
    try {
      this.#shared.intake.submit(
        this.#shared.transport,
        frame,
        (outcome) => {
          owed.answer = this.#replyTo(outcome)
          this.#flushSoon()
        },
        this.#hosts,
      )
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      this.#shared.intake.rejected(this.#shared.transport, error.reason)
      owed.answer = refusal(error.message)
      this.#flushSoon()
    }
  }

  #replyTo(outcome: Outcome): Uint8Array {
    if (!outcome.ok) return refusal(outcome.error)
    if (outcome.msg === undefined) return OK
    const { length } = outcome.msg
    if (length > SMALL_ANSWER) {
      if (this.#socket.destroyed) return OK
      if (this.#shared.unread + length > ALL_UNREAD_LIMIT) {
        this.#shared.intake.rejected(this.#shared.transport, 'unread-answers')
        return refusal('too many answers wait to be read; ask again in a moment')
      }
      this.#shared.unread += length
      this.#unread += length
    }
    return encodeFrame(outcome.msg)
  }

  #write(answer: Uint8Array): void {
    const length = answer.length - 4
    if (length <= SMALL_ANSWER) {
      this.#socket.write(answer)
      return
    }
    this.#socket.write(answer, () => {
      if (this.#unread === 0) return
      this.#unread -= length
      this.#shared.unread -= length
    })
    this.#awaitReading()
  }

  /** A peer that asked for a long answer and does not read it holds memory that others need. */
  #awaitReading(): void {
    this.#cancelUnread()
    this.#cancelUnread = this.#shared.wall.after(UNREAD_MS + this.#unread / UNREAD_BYTES_A_MS, () => {
      if (this.#unread === 0) return
      this.#shared.intake.rejected(this.#shared.transport, 'unread-answer')
      this.destroy()
    })
  }

  /** Where the next frame begins is not known, or will not be waited for: one last answer. */
  #refuse(reason: string, problem: string): void {
    this.#shared.intake.rejected(this.#shared.transport, reason)
    this.#owe(0).answer = refusal(problem)
    this.finish()
  }

  /** Counts a frame that will not be complete because the peer is gone. */
  #cut(): void {
    if (this.#frames.midFrame) this.#shared.intake.rejected(this.#shared.transport, 'cut-frame')
    this.#drop()
  }

  #owe(size: number): Owed {
    const owed = { answer: undefined, cost: size + MESSAGE_OVERHEAD }
    this.#owed.push(owed)
    this.#unanswered += owed.cost
    this.#shared.unanswered += owed.cost
    return owed
  }

  /** Many messages are answered in one turn: their answers leave together. */
  #flushSoon(): void {
    if (this.#flushing) return
    this.#flushing = true
    queueMicrotask(() => {
      this.#flushing = false
      this.#flush()
    })
  }

  #flush(): void {
    let count = 0
    let cost = 0
    for (const owed of this.#owed) {
      if (owed.answer === undefined) break
      count += 1
      cost += owed.cost
    }
    if (count > 0) {
      const answered = this.#owed.splice(0, count)
      this.#unanswered -= cost
      this.#settle(cost)
      if (this.#socket.writable) this.#writeAll(answered)
    }
    if (this.#finishing && this.#owed.length === 0) this.#end()
    else this.#flow()
  }

  /** Answers that say OK leave in one piece. */
  #writeAll(answered: readonly Owed[]): void {
    this.#socket.cork()
    let oks = 0
    for (const { answer = OK } of answered) {
      if (answer === OK) oks += OK.length
      if (oks === OKS.length || (answer !== OK && oks > 0)) {
        this.#socket.write(OKS.subarray(0, oks))
        oks = 0
      }
      if (answer !== OK) this.#write(answer)
    }
    if (oks > 0) this.#socket.write(OKS.subarray(0, oks))
    this.#socket.uncork()
  }

  /** Where it was all together that was too much, those who were stopped for it go on. */
  #settle(cost: number): void {
    const shared = this.#shared
    const wasFull = shared.unanswered > ALL_UNANSWERED_LIMIT
    shared.unanswered -= cost
    if (!wasFull || shared.unanswered > ALL_UNANSWERED_LIMIT) return
    for (const connection of shared.connections) if (connection !== this) connection.#flow()
  }

  #end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#socket.end()
    this.#cancelTimer = this.#shared.wall.after(LINGER_MS, () => this.#socket.destroy())
  }

  /** Stops reading from a peer that sends faster than it is answered, or does not read its answers. */
  #flow(): void {
    if (this.#finishing) return
    const full =
      this.#unanswered > UNANSWERED_LIMIT ||
      this.#socket.writableLength > UNANSWERED_LIMIT ||
      this.#shared.unanswered > ALL_UNANSWERED_LIMIT
    if (full === this.#socket.isPaused()) return
    if (full) this.#socket.pause()
    else this.#socket.resume()
    this.#watch()
  }

  /** Half a frame has to go on, as long as it is read. */
  #watch(): void {
    if (this.#finishing) return
    this.#cancelTimer()
    if (!this.#frames.midFrame || this.#socket.isPaused()) return
    this.#cancelTimer = this.#shared.wall.after(STALLED_MS, () =>
      this.#refuse('stalled-frame', `half a frame, and nothing for ${STALLED_MS / 1000} s`),
    )
  }

  /** Notes what the arriving frame takes; where all take too much, the one that takes most has to go. */
  #hold(bytes: number): void {
    const shared = this.#shared
    shared.partial += bytes - this.#held
    this.#held = bytes
    if (shared.partial <= (shared.maxPartial ?? PARTIAL_LIMIT)) return
    let largest: Connection = this
    for (const connection of shared.connections) if (connection.#held > largest.#held) largest = connection
    largest.#refuse(
      'partial-frames',
      'too many frames are half sent; send smaller ones, or over fewer connections',
    )
  }

  #drop(): void {
    this.#frames = new FrameReader(this.#shared.maxFrame)
    this.#shared.partial -= this.#held
    this.#held = 0
  }
}

function refusal(error: string): Uint8Array {
  return encodeFrame(encodeMsg({ ok: false, error }))
}
