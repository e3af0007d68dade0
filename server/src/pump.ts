import { SECOND } from './clock/duration.ts'
import type { NextTurn } from './clock/turn.ts'
import { messageOf } from './errors.ts'
import type { Evaluator } from './evaluator.ts'
import { type Fold, GAP } from './fold.ts'
import type { Outcome } from './ingest/intake.ts'
import type { Recorder } from './recorder.ts'
import { control, type Work } from './work.ts'

/** How many events go through the rules before other work of the process gets a turn. */
export const EVENTS_A_TURN = 1_000
/** How many timers fire before other work of the process gets a turn. */
const TIMERS_A_TURN = 2000

export interface PumpOptions {
  readonly fold: Fold
  readonly evaluator: Evaluator
  readonly recorder: Recorder
  readonly turn: NextTurn
  /** The hub's time, in microseconds. */
  readonly now: () => number
  /** Writes what was decided; called before anybody is answered. */
  readonly save: () => void
  /** Other rules are about to be put in force. */
  readonly ruling: () => void
  /** The disk has just refused for the first time. */
  readonly degraded: (reason: string) => void
  readonly log: (line: string) => void
}

/**
 * Takes what it is handed in turns of the event loop: what has come in is journaled with one write, then goes through the
 * rules, is saved, and only then answered. While there is much of it, other work of the process gets its turns between,
 * and those whose work is done are answered meanwhile.
 */
export class Pump {
  /** When the hub last looked at the clock: what lies between that and a much later look was a stall. */
  alive = 0
  readonly #options: PumpOptions
  /** Handed in and not yet journaled. */
  #pending: Work[] = []
  /** When the last of what was handed in since the last turn arrived; undefined where nothing was. */
  #arrived: number | undefined
  /** Journaled and not yet through the rules; the first has the position `#position`. */
  #work: Work[] = []
  #worked = 0
  /** How many of it are answered. */
  #answered = 0
  /** Of the next of it, how many events are through the rules. */
  #through = 0
  #position = 0
  /** Whether the present work is not in the journal. */
  #unrecorded = false
  /** Who asks something when nothing was pending: as soon as what is in work is handled. */
  #asked: (() => void)[] = []
  /** Who waits for the end of what is in work, before anything else is journaled. */
  #between: (() => void)[] = []
  #idle: (() => void)[] = []
  #scheduled = false

  constructor(options: PumpOptions) {
    this.#options = options
  }

  /** Takes work in; its turn comes. */
  hand(work: Work): void {
    this.#pending.push(work)
    this.#arrived = work.arrival
    this.#schedule()
  }

  /**
   * When what is handed in now arrives. What is read between two turns arrives together: to ask the machine for the time
   * costs as much as to decode an event.
   */
  arrival(): number {
    return this.#arrived ?? this.#options.now()
  }

  /** Calls `ask` when all that was handed in before is handled, and nothing after it. Nothing of it is journaled. */
  whenHandled(ask: () => void): void {
    const last = this.#pending.at(-1)
    if (last === undefined) this.#asked.push(ask)
    else if (last.asks === undefined) last.asks = [ask]
    else last.asks.push(ask)
    this.#schedule()
  }

  /** How many messages were handed in and are not handled yet. */
  get backlog(): number {
    return this.#pending.length + this.#work.length - this.#worked
  }

  /** Whether something that was handed in is not handled yet. */
  get busy(): boolean {
    return this.#pending.length > 0 || this.#work.length > 0 || this.#asked.length > 0
  }

  /** Whether the hub stands between two records: what was journaled is through the rules. */
  get isBetween(): boolean {
    return this.#work.length === 0
  }

  /** Calls `run` when the hub stands between two records: at once, or when what is in work is through the rules. */
  between(run: () => void): void {
    if (this.isBetween) run()
    else this.#between.push(run)
  }

  /** Resolves when all that was handed in is handled and written to the tables; with `busy` false, at once. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      if (this.busy) this.#idle.push(resolve)
      else resolve()
    })
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    this.#options.turn(() => {
      this.#scheduled = false
      this.run()
    })
  }

  /** Does the work of one turn. */
  run(): void {
    const { fold, evaluator, save } = this.#options
    this.#arrived = undefined
    if (this.#work.length === 0 && !this.#journal()) return
    let left = EVENTS_A_TURN
    while (this.#worked < this.#work.length) {
      const work = this.#work[this.#worked]
      if (work === undefined) break
      fold.begin(this.#position + this.#worked)
      if (!evaluator.reach(work, TIMERS_A_TURN)) {
        save()
        this.#schedule()
        return
      }
      if (work.ruleSet !== undefined) {
        this.#options.ruling()
        work.report = evaluator.rule(work.ruleSet)
      }
      const { events } = work
      const rest = events.length - this.#through
      const part =
        rest === events.length && rest <= left ? events : events.slice(this.#through, this.#through + left)
      const outcome = evaluator.act(work, part)
      if (outcome !== undefined) work.outcome = outcome
      left -= part.length
      const isThrough = part.length === rest
      this.#through = isThrough ? 0 : this.#through + part.length
      if (isThrough) {
        if (work.asks !== undefined) for (const ask of work.asks) ask()
        this.#worked += 1
      }
      if (left === 0 && this.#worked < this.#work.length) {
        save()
        this.#answer()
        this.#schedule()
        return
      }
    }
    save()
    this.#answer()
    for (const begin of this.#between.splice(0)) begin()
    for (const ask of this.#asked.splice(0)) ask()
    if (this.#pending.length > 0) this.#schedule()
    else for (const resolve of this.#idle.splice(0)) resolve()
  }

  /** Answers those whose work is done and saved: they go on while the rest is worked on. */
  #answer(): void {
    const outcome: Outcome = this.#unrecorded ? { ok: false, error: 'evaluated, not recorded' } : { ok: true }
    const work = this.#work
    const from = this.#answered
    const to = this.#worked
    this.#answered = to
    if (to === work.length) {
      this.#work = []
      this.#worked = 0
      this.#answered = 0
    }
    for (let i = from; i < to; i++) work[i]?.done?.(outcome)
  }

  /** Writes what is pending to the journal; false when there was nothing, or when it can't be written. */
  #journal(): boolean {
    const { fold, recorder, now, log, degraded } = this.#options
    const [first] = this.#pending
    for (const ask of this.#asked.splice(0)) ask()
    if (first === undefined) {
      for (const resolve of this.#idle.splice(0)) resolve()
      return false
    }
    const batch = [...this.#stall(first.arrival), ...this.#pending]
    this.#pending = []
    const wasDegraded = recorder.degraded !== undefined
    try {
      const position = recorder.append(batch, now())
      this.#unrecorded = position === undefined
      this.#position = position ?? fold.position + 1
    } catch (error) {
      log(messageOf(error))
      for (const { done } of batch) done?.({ ok: false, error: `not recorded: ${messageOf(error)}` })
      for (const { asks = [] } of batch) for (const ask of asks) ask()
      for (const resolve of this.#idle.splice(0)) resolve()
      return false
    }
    this.#work = batch
    this.alive = batch.at(-1)?.arrival ?? this.alive
    const problem = recorder.degraded
    if (problem !== undefined && !wasDegraded) degraded(problem.reason)
    return true
  }

  /** The records of a stall or suspend before `arrival`, if there was one: what waits to hear something is not charged with it. */
  #stall(arrival: number): Work[] {
    const stalled = arrival - this.alive
    if (stalled <= GAP) return []
    this.#options.log(
      `stood still for ${(stalled / SECOND).toFixed(1)} s; what waits to hear something waits that much longer`,
    )
    return [control('mark', this.alive), control('gap', arrival)]
  }
}
