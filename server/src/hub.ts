import type { DatabaseSync } from 'node:sqlite'
import { decodeMsg, type Event, encodeMsg, makeEvent, ProtocolError } from 'weir-protocol'
import { Ledger } from './alerts/ledger.ts'
import { Asking } from './asking.ts'
import { Checkpointer } from './checkpointer.ts'
import { SECOND, spell } from './clock/duration.ts'
import { SteadyClock } from './clock/steady.ts'
import type { NextTurn } from './clock/turn.ts'
import type { Wall } from './clock/wall.ts'
import { type Command, type CommandOutcome, commandProblem } from './command.ts'
import { DRILL_MS, openDrills } from './drill.ts'
import { Evaluator } from './evaluator.ts'
import { Fold, GAP } from './fold.ts'
import type { Intake, Outcome, Transport } from './ingest/intake.ts'
import type { Journal } from './journal/journal.ts'
import type { Reserve } from './journal/reserve.ts'
import type { PastMessage } from './lookback.ts'
import type { Outbox } from './outputs/outbox.ts'
import { Pump } from './pump.ts'
import { Slices } from './query/slices.ts'
import { type Degraded, Recorder } from './recorder.ts'
import { hasChanged, reloadLines } from './reload-lines.ts'
import type { ReloadReport } from './reload-report.ts'
import type { Restart } from './restart.ts'
import type { RuleSet } from './rules/rule-set.ts'
import { control, ruling, type Work } from './work.ts'

/** How often the hub looks whether something is due while no event comes, in milliseconds. */
const TICK_MS = 100
/** While idle, the clock's progress is journaled this often, so that a restart knows how long the hub was away. */
const MARK_EVERY = SECOND
/** What a replay decides is written to the tables after this many records, or decisions. */
const REPLAY_BATCH = 10_000

/** Messages that were told longer ago are not taken into memory while the disk refuses. */
const DAY = 86_400 * SECOND

export interface HubOptions {
  readonly ruleSet: RuleSet
  /** The rule sets that were in force before, by their hash: records are replayed under the rules that they came in under. */
  readonly earlier: ReadonlyMap<string, RuleSet>
  /** Hears which rule sets a replay may still need, by their hashes, when those are fewer. */
  readonly ruleSetsNeeded?: (hashes: ReadonlySet<string>) => void
  /** The host of the events that the hub makes about itself. */
  readonly name: string
  readonly indexLimit?: number
  /** The address of the page, for messages. */
  readonly page?: string | undefined
  readonly journal: Journal
  /** The directory of the checkpoints. */
  readonly checkpoints: string
  /** Room for the tables when the disk is full. */
  readonly reserve?: Reserve
  /** After how many bytes of journal a checkpoint is due. Default 64 MiB. */
  readonly checkpointBytes?: number | undefined
  /** How many things of a checkpoint are saved before other work gets a turn. Default 200. */
  readonly checkpointSlice?: number | undefined
  /** Holds the tables of alerts and outbox. */
  readonly db: DatabaseSync
  /** Whether `db` is lost with the process. Then nothing is recorded until another start. */
  readonly transient?: boolean
  readonly outbox: Outbox
  readonly wall: Wall
  readonly turn: NextTurn
  /** One line each, for whoever runs the hub. */
  readonly log: (line: string) => void
  /** New rows stand in the outbox. */
  readonly poke: () => void
}

/** What a start found and did. */
export interface Recovery {
  readonly records: number
  readonly events: number
  /** Undefined at the first start. */
  readonly restart: Restart | undefined
}

/**
 * Puts the rooms together: what comes in is journaled, goes through the rules, is decided upon by the alert book,
 * written to the tables and only then answered. It knows no socket.
 *
 * All work of one turn of the event loop is journaled with one write and written to the tables in one transaction.
 */
export class Hub implements Intake {
  readonly fold: Fold
  readonly counters = {
    messages: 0,
    events: {} as Record<Transport, number>,
    rejected: new Map<string, number>(),
  }
  readonly asking: Asking
  readonly #options: HubOptions
  readonly #evaluator: Evaluator
  readonly #recorder: Recorder
  readonly #ledger: Ledger
  readonly #checkpointer: Checkpointer
  readonly #pump: Pump
  #live = false
  #closing = false
  readonly #clock: SteadyClock
  #stopTick: () => void = () => {}
  readonly #alertListeners = new Set<() => void>()

  constructor(options: HubOptions) {
    this.#options = options
    this.fold = new Fold({
      rules: options.ruleSet.rules,
      hash: options.ruleSet.hash,
      name: options.name,
      ...(options.indexLimit === undefined ? {} : { indexLimit: options.indexLimit }),
      page: options.page,
      report: options.log,
      past: (from, position) => pastOf(options.journal, from, position),
    })
    const { db, outbox, journal, checkpoints, turn, log, ruleSet, earlier } = options
    this.#clock = new SteadyClock(options.wall, () => {
      if (this.#live) this.#tellClock()
    })
    this.#evaluator = new Evaluator({ fold: this.fold, ruleSet, earlier, log })
    this.asking = new Asking({
      index: this.fold.index,
      slices: new Slices({ wall: options.wall, turn }),
      now: () => this.now(),
    })
    this.#recorder = new Recorder({ journal, reserve: options.reserve, log })
    this.#ledger = new Ledger({
      ...{ db, outbox, log, transient: options.transient ?? false },
      since: () => this.fold.clock.now - DAY,
    })
    this.#checkpointer = new Checkpointer({
      fold: this.fold,
      journal,
      ledger: this.#ledger,
      dir: checkpoints,
      turn,
      log,
      every: options.checkpointBytes,
      slice: options.checkpointSlice,
      kept: (oldest) => {
        const needed = this.#evaluator.inForceSince(oldest)
        if (needed !== undefined) options.ruleSetsNeeded?.(needed)
      },
    })
    this.#pump = new Pump({
      fold: this.fold,
      evaluator: this.#evaluator,
      recorder: this.#recorder,
      turn,
      now: () => this.now(),
      save: () => this.#save(),
      ruling: () => this.#checkpointer.abort(),
      degraded: (reason) => this.#announce('weir/journal', 'critical', `nothing is recorded: ${reason}`),
      log,
    })
  }

  /** Takes up the last checkpoint, replays the journal from there, each record under its own rules, and goes live. */
  start(): Recovery {
    const { journal, ruleSet, log } = this.#options
    let records = 0
    let events = 0
    let bytes = 0
    this.#checkpointer.restore((hash) => this.#evaluator.ruleBy(hash))
    this.#evaluator.begin()
    for (const record of journal.read({ position: this.fold.position + 1 })) {
      events += this.#evaluator.replay(record)
      records += 1
      bytes += record.bytes.length
      if (records % REPLAY_BATCH === 0 || this.fold.book.decided >= REPLAY_BATCH) this.#save()
    }
    this.#save()
    this.#clock.startFrom(Math.max(this.fold.clock.now, journal.arrival))
    // How long it was away, the clock of the machine does not know then; that it was, it was.
    const began = this.#clock.now() + (this.clockAhead > 0 ? 1 : 0)
    this.#clock.startFrom(began)
    this.fold.heldBack = 0
    this.#live = true
    this.#pump.alive = began
    this.#checkpointer.replayed(bytes)
    const ruled = ruling('start', began, ruleSet, () => {
      if (ruled.report === undefined || !hasChanged(ruled.report)) return
      for (const line of reloadLines(ruled.report, 'edited while the hub was away')) log(line)
      void this.#beginCheckpoint()
    })
    this.#pump.hand(ruled)
    if (this.clockAhead > 0) this.#tellClock()
    this.#pump.run()
    for (const drill of openDrills(this.fold)) this.#endDrill(drill, 0)
    this.#tick()
    return { records, events, restart: this.#evaluator.restart }
  }

  submit(
    transport: Transport,
    msg: Uint8Array,
    done?: (outcome: Outcome) => void,
    hosts?: ReadonlySet<string>,
  ): void {
    const arrival = this.#pump.arrival()
    const { events, query } = decodeMsg(msg, arrival)
    if (hosts !== undefined) refuseForeign(events, hosts)
    if (this.#closing) {
      done?.({ ok: false, error: 'the hub is stopping' })
      return
    }
    this.counters.messages += 1
    this.counters.events[transport] = (this.counters.events[transport] ?? 0) + events.length
    if (query === undefined || done === undefined) {
      this.#pump.hand({ kind: 'msg', arrival, bytes: msg, events, done })
      return
    }
    if (events.length === 0) {
      this.#pump.whenHandled(() => void this.asking.answer(query).then(done))
      return
    }
    let answer: Promise<Outcome> | undefined
    this.#pump.hand({
      kind: 'msg',
      arrival,
      bytes: msg,
      events,
      done: (outcome) => (outcome.ok && answer !== undefined ? void answer.then(done) : done(outcome)),
      asks: [
        () => {
          answer = this.asking.answer(query)
        },
      ],
    })
  }

  /**
   * The events that a query gives, of the index as it is when all that was handed in before is handled. Rejects with
   * WEIR_QUERY_INVALID, WEIR_QUERY_RESULT or WEIR_QUERY_BUSY.
   */
  query(text: string): Promise<readonly Event[]> {
    return new Promise((resolve, reject) => {
      this.#pump.whenHandled(() => this.asking.events(text).then(resolve, reject))
    })
  }

  rejected(transport: Transport, reason: string): void {
    const label = `${transport} ${reason}`
    this.counters.rejected.set(label, (this.counters.rejected.get(label) ?? 0) + 1)
  }

  now(): number {
    return this.#clock.now()
  }

  /** By how many microseconds the hub's time is ahead of the machine's, whose clock was set back; 0 while all is well. */
  get clockAhead(): number {
    return this.#clock.ahead
  }

  /**
   * Puts other rules in force between two events. Throws where they can't be built; then nothing has changed. Ends with
   * the beginning of a checkpoint; the next reload waits for its end, so that even many quick ones never need the rules
   * of more than two checkpoints and what followed.
   */
  async reload(ruleSet: RuleSet): Promise<ReloadReport> {
    const { name, page } = this.#options
    // Tried aside first: what throws here must not stand in the journal.
    new Fold({ rules: ruleSet.rules, name, page, report: () => {}, trial: true })
    await this.#checkpointer.written()
    if (this.#closing) throw new Error('the hub is stopping')
    const report = await new Promise<ReloadReport | undefined>((resolve) => {
      const work = ruling('reload', this.now(), ruleSet, () => resolve(work.report))
      this.#pump.hand(work)
    })
    if (report === undefined) throw new Error('the reload could not be recorded')
    await this.#beginCheckpoint()
    return report
  }

  /** Does what a person says, once it is in the journal; what is no command is answered at once. */
  command(command: Command): Promise<CommandOutcome> {
    if (this.#closing) return Promise.resolve({ ok: false, error: 'the hub is stopping' })
    const problem = commandProblem(command)
    if (problem !== undefined) return Promise.resolve({ ok: false, because: 'invalid', error: problem })
    return new Promise((resolve) => {
      const work: Work = {
        kind: 'command',
        arrival: this.now(),
        bytes: new TextEncoder().encode(JSON.stringify(command)),
        events: [],
        done: (outcome) => {
          if (command.do === 'drill' && work.outcome?.ok === true) this.#endDrill(command, DRILL_MS)
          resolve(outcome.ok ? (work.outcome ?? { ok: true, said: '' }) : outcome)
        },
      }
      this.#pump.hand(work)
    })
  }

  /** Ends a drill in a while, unless that is done by then. */
  #endDrill({ rule, host }: { readonly rule: string; readonly host: string }, afterMs: number): void {
    this.#options.wall.after(afterMs, () => void this.command({ do: 'end drill', rule, host }))
  }

  /** Journals the clock and fires what is due by now; answered when all that was handed in before is handled, too. */
  mark(done: (outcome: Outcome) => void): void {
    this.#pump.hand(control('mark', this.now(), done))
  }

  /** How many messages were handed in and are not handled yet. */
  get backlog(): number {
    return this.#pump.backlog
  }

  /** Whether something that was handed in is not handled yet. */
  get busy(): boolean {
    return this.#pump.busy
  }

  /** Resolves when all that was handed in is handled and written to the tables. */
  settled(): Promise<void> {
    return this.#pump.settled()
  }

  /** Has a checkpoint written where one is due. To be called now and then. */
  tend(): void {
    this.#pump.between(() => this.#checkpointer.tend(() => this.now()))
  }

  /** Begins a checkpoint as soon as the hub stands between two records; resolves then. */
  #beginCheckpoint(): Promise<void> {
    return new Promise((resolve) => {
      this.#pump.between(() => {
        this.#checkpointer.begin(() => this.now())
        resolve()
      })
    })
  }

  /** Something became of a message: who was told is another. */
  delivered(): void {
    for (const listener of this.#alertListeners) listener()
  }

  /** Lets somebody hear when an alert changed, or what became of a message. */
  onAlerts(listener: () => void): () => void {
    this.#alertListeners.add(listener)
    return () => this.#alertListeners.delete(listener)
  }

  /** Since when and why nothing is recorded; undefined while all is well. */
  get degraded(): Degraded | undefined {
    return this.#recorder.degraded
  }

  /** Failed writes to the journal. */
  get journalErrors(): number {
    return this.#recorder.counters.errors
  }

  /** Failed writes to the tables of alerts and messages. */
  get tableErrors(): number {
    return this.#ledger.counters.errors
  }

  /** Takes in nothing more, finishes what was accepted and journals the stop. */
  async stop(): Promise<void> {
    this.#closing = true
    this.#stopTick()
    this.#pump.hand(control('stop', this.now()))
    await this.#pump.settled()
    this.#live = false
    this.#checkpointer.last()
  }

  /** Looks whether something is due although nothing comes, and whether the process stood still. */
  #tick(): void {
    this.#stopTick = this.#options.wall.after(TICK_MS, () => {
      if (this.#recorder.degraded !== undefined) this.#pump.between(() => this.#recover())
      if (!this.#pump.busy) {
        const now = this.now()
        const { clock } = this.fold
        if (clock.mayBeDue(now) || now - clock.now >= MARK_EVERY || now - this.#pump.alive > GAP) {
          this.#pump.hand(control('mark', now))
        } else this.#pump.alive = now
      }
      if (!this.#closing) this.#tick()
    })
  }

  /** Begins to record again, where it is time to try and the disk lets it. To be called between two records. */
  #recover(): void {
    const checkpoint = () => this.#checkpointer.now()
    if (this.#recorder.recover(this.now(), this.fold.position, checkpoint))
      this.#announce('weir/journal', 'ok', 'recording')
  }

  /** The clock of the machine was set back, or has caught up. */
  #tellClock(): void {
    const ahead = this.clockAhead
    const line =
      ahead > 0
        ? `the machine's clock is ${spell(ahead)} behind what was recorded: it was set back. The hub's time goes on from there, a tenth slower, until that has caught up`
        : "the machine's clock has caught up with the hub's time"
    this.#options.log(`CLOCK: ${line}`)
    this.#announce('weir/clock', ahead > 0 ? 'warning' : 'ok', line)
  }

  /** An event about the hub itself, for its rules. */
  #announce(service: string, state: string, description: string): void {
    const event = makeEvent({
      host: this.#options.name,
      service,
      state,
      description,
      time: this.now(),
      ttl: 86_400,
      tags: ['weir'],
    })
    const bytes = encodeMsg({ events: [event] })
    this.#pump.hand({ kind: 'msg', arrival: this.now(), bytes, events: [event], done: undefined })
  }

  /** Writes what the alert book decided, and wakes those who wait for it. */
  #save(): void {
    const decisions = this.fold.decisions()
    const told = this.#ledger.save(decisions)
    if (!this.#live) return
    if (told) this.#options.poke()
    if (decisions.changes.length > 0 || decisions.touched.length > 0)
      for (const listener of this.#alertListeners) listener()
  }
}

/** Throws where an event is of a host that its sender may not speak for. */
function refuseForeign(events: readonly Event[], hosts: ReadonlySet<string>): void {
  const foreign = events.find(({ host }) => host === undefined || !hosts.has(host))
  if (foreign === undefined) return
  const named = foreign.host === undefined ? 'an event without a host' : `an event of '${foreign.host}'`
  throw new ProtocolError(
    'foreign-host',
    `${named}, and this certificate speaks for ${[...hosts].join(', ') || 'no host'}`,
  )
}

/** The messages of the journal from a time on, up to a position. */
function* pastOf(journal: Journal, from: number, position: number): Generator<PastMessage> {
  for (const record of journal.read({ time: from })) {
    if (record.position > position) return
    const { kind, arrival, bytes } = record
    if (kind === 'msg') yield { arrival, events: decodeMsg(bytes, arrival).events }
  }
}
