import type { Wall } from '../clock/wall.ts'
import { messageOf } from '../errors.ts'
import { backoff } from './backoff.ts'
import { attemptDelivery, notificationOf } from './delivery-attempt.ts'
import { type DestinationHealth, HEALTHY, healthAfter } from './destination-health.ts'
import { foldWaiting } from './folding.ts'
import { Nap } from './nap.ts'
import type { Delivery, DeliveryIo, Destination } from './notification.ts'
import type { Attempt, Outbox, OutboxRow } from './outbox.ts'
import { oneLine } from './plain-text.ts'
import { micros, PAUSE, spell, type Verdict, verdictOf } from './verdict.ts'
import { lineOf } from './wording.ts'
import type { DeliveryCounters, WorkerLegacy } from './worker-legacy.ts'

/** Where the delivery writes its lines. */
export interface DeliveryLog {
  info(line: string): void
  warn(line: string): void
  error(line: string): void
}

/** What the workers of one delivery share. Times in seconds. */
export interface WorkerSetting {
  readonly outbox: Outbox
  readonly wall: Wall
  readonly timeouts: Wall
  readonly fetch: typeof globalThis.fetch
  readonly random: () => number
  readonly log: DeliveryLog
  readonly timeout: number
  readonly giveUpAfter: number
  readonly acknowledgeLink: DeliveryIo['acknowledgeLink']
  /** Called each time it is recorded that a message was sent or given up. */
  readonly settled: () => void
  /** Called each time the worker has gone to sleep. */
  readonly onSleep: () => void
}

/**
 * Delivers the messages of one destination, oldest first, one attempt at a time: a message that has to wait makes
 * those behind it wait, so that a "resolved" never overtakes its "firing".
 */
export class DeliveryWorker {
  /** Resolved once the worker has stopped. Never rejected. */
  readonly done: Promise<void>
  readonly #destination: Destination
  readonly #setting: WorkerSetting
  readonly #nap: Nap
  #stopping = false
  #attempt: AbortController | undefined
  readonly #legacy: WorkerLegacy
  /** The end of a pause, in microseconds, which holds for whatever message comes next. */
  #pausedUntil = 0
  #health = HEALTHY
  #troubles = 0

  constructor(destination: Destination, setting: WorkerSetting, legacy: WorkerLegacy) {
    this.#destination = destination
    this.#legacy = legacy
    this.#setting = setting
    this.#nap = new Nap(setting.wall, setting.onSleep)
    this.done = Promise.resolve().then(() => this.#run())
  }

  get counters(): DeliveryCounters {
    return this.#legacy.counters
  }

  /** Whether everything that can be told now has been told: nothing is pending, the first message waits for its retry, or the worker has stopped. */
  get quiet(): boolean {
    return this.#nap.quiet
  }

  /** Whether it sleeps, for whatever reason, or has stopped. */
  get resting(): boolean {
    return this.#nap.resting
  }

  get health(): DestinationHealth {
    return this.#health
  }

  /** Ends a pause, and the wait of what was tried before; what the receiver asked for still holds. */
  tryNow(): void {
    this.#setting.outbox.hurry(this.#destination.name)
    this.#pausedUntil = 0
    this.#nap.wakeToWork()
  }

  /** There may be new messages. */
  poke(): void {
    this.#nap.poke()
  }

  /** Begins no further attempt. */
  stop(): void {
    this.#stopping = true
    this.#nap.wake()
  }

  /** Ends the attempt in flight; its message stays pending. */
  abort(): void {
    this.#attempt?.abort(new Error('the hub stops'))
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      try {
        await this.#step()
        this.#troubles = 0
      } catch (thrown) {
        this.#troubles += 1
        const wait = backoff(this.#troubles, this.#setting.random)
        this.#say('error', `delivery failed: ${messageOf(thrown)}; again in ${spell(wait)}`)
        await this.#sleep(wait, true)
      }
    }
    this.#nap.forGood()
  }

  /** Waits for, or makes, one attempt. */
  async #step(): Promise<void> {
    const { outbox, wall } = this.#setting
    this.#followClock()
    const row = outbox.next(this.#destination.name)
    if (row === undefined) return this.#sleep(undefined, true)
    const pace = this.#destination.pace ?? 0
    const legacy = this.#legacy
    const held = (Math.max(row.nextAttempt, legacy.askedUntil, this.#pausedUntil) - wall.now()) / 1_000_000
    if (held > 0) return this.#sleep(held, true)
    const paced = (legacy.pacedUntil - wall.now()) / 1_000_000
    if (paced > 0) return this.#sleep(paced, false)
    if (this.#fold()) return
    const started = wall.now()
    const outcome = await this.#deliver(row)
    const attempt = { started, ended: wall.now() }
    legacy.pacedUntil = attempt.ended + micros(pace)
    legacy.ended = attempt.ended
    // What the stop cut off was no failure of the receiver.
    if (this.#stopping && outcome.kind === 'retry') return
    this.#note(outcome, attempt.ended)
    if (outcome.kind === 'more') return
    const verdict = verdictOf(row, attempt, outcome, this.#setting)
    legacy.askedUntil = verdict.askedUntil
    this.#pausedUntil = verdict.kind === 'pause' ? verdict.next : 0
    await this.#conclude(row, attempt, verdict)
    if (verdict.kind === 'sent' || verdict.kind === 'dead') this.#setting.settled()
  }

  /** Where the clock was set back since the last attempt, all waits go back with it: none becomes longer than twice what it was. */
  #followClock(): void {
    const legacy = this.#legacy
    const back = legacy.ended - this.#setting.wall.now()
    if (back <= 0) return
    this.#setting.outbox.setBack(this.#destination.name, back)
    legacy.ended -= back
    legacy.pacedUntil -= back
    legacy.askedUntil -= back
    this.#pausedUntil -= back
  }

  /** Whether messages were folded, so that another one may be the first. */
  #fold(): boolean {
    const folded = foldWaiting(this.#setting.outbox, this.#destination, this.#setting.wall.now())
    if (folded === undefined) return false
    this.counters.folded += folded.from
    this.#say('info', `folded ${folded.from} messages that waited into ${folded.to}`)
    return true
  }

  async #deliver(row: OutboxRow): Promise<Delivery> {
    const { outbox, wall, timeouts, fetch, log, timeout } = this.#setting
    const { name } = this.#destination
    const io = {
      fetch,
      now: () => wall.now(),
      log: (line: string) => log.info(line),
      memory: outbox.memory(name),
      acknowledgeLink: this.#setting.acknowledgeLink,
    }
    const abort = new AbortController()
    this.counters.attempts += 1
    this.#attempt = abort
    const options = { destination: this.#destination, row, io, abort, timeouts, timeout }
    return attemptDelivery(options).finally(() => {
      this.#attempt = undefined
    })
  }

  /** Keeps in mind how the destination does. */
  #note(outcome: Delivery, now: number): void {
    const before = this.#health
    this.#health = healthAfter(before, outcome, now)
    if (before.since !== undefined && this.#health.state === 'ok')
      this.#say('info', `works again, after ${spell((now - before.since) / 1_000_000)}`)
  }

  /** Writes down what became of the attempt, again and again where the database refuses: a message that was sent is not sent again because of that. */
  async #conclude(row: OutboxRow, attempt: Attempt, outcome: Verdict): Promise<void> {
    this.#tell(row, attempt, outcome)
    for (let failed = 1; ; failed++) {
      try {
        return this.#record(row, attempt, outcome)
      } catch (thrown) {
        const problem = `message ${row.id} is ${outcome.kind}, but that cannot be recorded: ${messageOf(thrown)}`
        if (this.#stopping) return this.#say('error', `${problem}; after the next start it is sent again`)
        const wait = backoff(failed, this.#setting.random)
        this.#say('error', `${problem}; again in ${spell(wait)}`)
        await this.#sleep(wait, false)
      }
    }
  }

  #record(row: OutboxRow, attempt: Attempt, outcome: Verdict): void {
    const { outbox } = this.#setting
    if (outcome.kind === 'retry') outbox.retry(row, attempt, outcome.reason, outcome.next)
    // The pause is not written down: whoever puts the destination right and starts the hub again need not wait for its end.
    else if (outcome.kind === 'pause') outbox.retry(row, attempt, outcome.reason, attempt.ended)
    else if (outcome.kind === 'sent') outbox.sent(row, attempt)
    else outbox.dead(row, attempt, outcome.reason)
  }

  #tell(row: OutboxRow, { ended }: Attempt, outcome: Verdict): void {
    if (outcome.kind === 'sent') {
      this.counters.sent += 1
      if (this.#destination.routine !== true) this.#say('info', `sent message ${row.id}`)
    } else if (outcome.kind === 'retry') {
      this.counters.retried += 1
      const wait = spell((outcome.next - ended) / 1_000_000)
      this.#say(
        'warn',
        `message ${row.id} not delivered: ${outcome.reason}; attempt ${row.attempts + 2} in ${wait}`,
      )
    } else if (outcome.kind === 'pause') {
      this.counters.paused += 1
      const waiting = this.#setting.outbox.pendingByDestination().get(row.destination) ?? 1
      this.#say(
        'error',
        `BROKEN, its ${waiting} messages wait: ${outcome.reason}; tried again in ${spell(PAUSE)}`,
      )
    } else {
      this.counters.dead += 1
      this.#say('error', `GAVE UP message ${row.id}: ${outcome.reason}; it said: ${textOf(row)}`)
    }
  }

  #say(level: keyof DeliveryLog, line: string): void {
    this.#setting.log[level](`${this.#destination.name}: ${line}`)
  }

  /** Until the time is up, a stop, or, with no time, a poke. */
  async #sleep(seconds: number | undefined, quiet: boolean): Promise<void> {
    if (!this.#stopping) await this.#nap.sleep(seconds, quiet)
  }
}

/** The message as people read it, since nobody will read it anywhere else. */
function textOf(row: OutboxRow): string {
  const notification = notificationOf(row)
  return notification === undefined ? oneLine(row.body) : lineOf(notification)
}
