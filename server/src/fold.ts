import type { Event } from 'weir-protocol'
import { AlertBook, type Decisions } from './alerts/book.ts'
import { SECOND } from './clock/duration.ts'
import { LogicalClock } from './clock/logical.ts'
import { withClock } from './clock/rxjs.ts'
import { GRACE, Graces } from './grace.ts'
import { Index } from './index/index.ts'
import { lookBack, type PastMessage } from './lookback.ts'
import { sayOfHub } from './own-events.ts'
import type { ReloadReport } from './reload-report.ts'
import { type Restart, restartEvent } from './restart.ts'
import { lostKeys } from './rules/alert-keys.ts'
import { shapesOf } from './rules/carry.ts'
import { carryOver, EngineLoader } from './rules/checkpoint.ts'
import type { AlertOptions } from './rules/effects.ts'
import { Engine } from './rules/engine.ts'
import type { Rule } from './rules/rule.ts'
import type { Run } from './rules/run.ts'
import type { Volatile } from './rules/volatile.ts'

/** A gap in which nothing was heard, longer than this, is not charged to those who were not heard. */
export const GAP = SECOND

export interface FoldOptions {
  readonly rules: readonly Rule[]
  /** The host of the events that the hub makes about itself. */
  readonly name: string
  readonly indexLimit?: number
  /** How many alerts may be open at a time. Default 100,000. */
  readonly openLimit?: number
  /** The address of the page, for messages. */
  readonly page?: string | undefined
  /** The hash of the rule set. */
  readonly hash?: string
  /** Hears of failures in rules, in one line each. */
  readonly report: (line: string) => void
  /** Makes every `by` keep a pipeline per key; a test compares the two forms. */
  readonly separate?: boolean
  /** Whether the rules are only built to see whether they can be. */
  readonly trial?: boolean
  /** How many groups all `by`s together may hold. Default 2,000,000. */
  readonly groupLimit?: number
  /** The messages that arrived from a time on, in microseconds, up to the record at `position`. Default: none is known. */
  readonly past?: (from: number, position: number) => Iterable<PastMessage>
}

/**
 * What a hub is: a fold over its journal. Clock, rules, index and alert book change only by the records that are
 * given to it, one after the other; live, in replay and in a rule's test alike. It knows no socket, file or wall clock.
 */
export class Fold {
  readonly clock = new LogicalClock()
  readonly graces = new Graces()
  readonly engine: Engine
  readonly index: Index
  readonly book: AlertBook
  /** How often something would have expired, or nearly, and was held back because the hub could not listen. */
  heldBack = 0
  /** Saves at once the rest of a checkpoint that is being written: timers are about to be moved without being touched. */
  finishSaving: (() => void) | undefined
  /** Hears what rules publish to subscribers. */
  told: (topic: string, event: Event) => void = () => {}
  #position = 0
  #hash: string
  /** Those of the message that goes through the rules. */
  #events: readonly Event[] = []
  /** Events and timers since the record began, and ids given since that event or timer did. */
  #turn = 0
  #ordinal = 0
  readonly #name: string
  readonly #past: FoldOptions['past']
  #restarted: Restart | undefined
  /** Of the clock's postponed timers, those that were told of. */
  #postponed = 0

  constructor(options: FoldOptions) {
    const { clock } = this
    this.#hash = options.hash ?? ''
    this.#name = options.name
    this.#past = options.past
    this.book = new AlertBook({
      clock,
      link: options.page,
      ...(options.openLimit === undefined ? {} : { limit: options.openLimit }),
      refused: ({ rule }) =>
        this.#say(
          'weir/alerts-full',
          `too many alerts are open; new ones are refused, such as one of the rule '${rule}'`,
          this.book.size,
        ),
      nextId: () => `${clock.now}-${this.#position}-${this.#turn}-${this.#ordinal++}`,
    })
    this.index = new Index({
      clock,
      ...(options.indexLimit === undefined ? {} : { limit: options.indexLimit }),
      expired: (event) => this.engine.publish(event),
      refused: ({ host = 'no host', service = 'no service' }) =>
        this.#say(
          'weir/index-full',
          `the index is full; new keys are refused, such as ${host} ${service}`,
          this.index.size,
        ),
    })
    this.engine = new Engine({
      clock,
      rules: options.rules,
      name: options.name,
      report: options.report,
      separate: options.separate ?? false,
      trial: options.trial ?? false,
      ...(options.groupLimit === undefined ? {} : { groupLimit: options.groupLimit }),
      effects: {
        index: (event) => this.index.insert(event),
        alert: (signal) => this.book.signal(signal),
        isOpen: (rule, key) => this.book.isOpen(rule, key),
        tell: (topic, event) => this.told(topic, event),
        ping: (ping) => this.book.telling.ping(ping),
      },
    })
  }

  /** The hash of the rule set that is in force. */
  get hash(): string {
    return this.#hash
  }

  /** The position of the last record. */
  get position(): number {
    return this.#position
  }

  /** Takes position and clock to where a checkpoint was made; only before anything runs. */
  resume(position: number, now: number, seq: number, deaf: number, graceWholeAt = 0): void {
    this.#position = position
    this.clock.resume(now, seq, deaf)
    this.graces.resume(graceWholeAt)
  }

  /** A record begins; nothing happens when it has begun already. */
  begin(position: number): void {
    if (position === this.#position) return
    this.#position = position
    this.#turn = 0
    this.#ordinal = 0
  }

  /** Fires what is due up to `to`; false when more than `limit` timers were due and it has to be called again. */
  advance(to: number, limit?: number): boolean {
    // Mostly nothing is due: then nothing of the rules runs.
    if (!this.clock.mayBeDue(to) && this.clock.postponed === this.#postponed)
      return this.clock.advance(to, this.#settle)
    return withClock(this.clock, () => {
      const done = this.clock.advance(to, this.#settle, limit)
      if (done) this.#sayPostponed()
      return done
    })
  }

  /** Passes the events of a message that arrived now through the rules, firing what falls due between them. */
  events(events: readonly Event[]): void {
    this.#events = events
    withClock(this.clock, this.#pass)
  }

  /** Made once: there are as many messages as events where senders don't put several into one. */
  readonly #pass = (): void => {
    const { clock } = this
    for (const event of this.#events) {
      if (clock.mayBeDue(clock.now)) {
        clock.advance(clock.now, this.#settle)
        this.#sayPostponed()
      }
      this.#next()
      this.engine.event(event)
      this.#settle()
    }
  }

  /**
   * The hub could not listen until `arrival`: what waits to hear something waits that much longer, and as much again, up
   * to `GRACE`, as far as there is grace.
   */
  gap(arrival: number): void {
    const gap = arrival - this.clock.now
    if (gap > GAP) this.#skip(gap, Math.min(gap, GRACE))
    this.advance(arrival)
  }

  /**
   * The hub was away until `arrival`, be it for a moment: as in `gap`, with all of the grace, since connections have to
   * be made again. Where no time has passed at all, nothing happens. `tellRestart` tells of it.
   */
  restart(arrival: number): void {
    const away = arrival - this.clock.now
    if (this.clock.now > 0)
      this.#restarted = away > 0 ? { away, ...this.#skip(away, GRACE) } : { away, held: 0 }
    this.advance(arrival)
  }

  /** An event about the last restart, for the rules that are in force from there on; answers what it was. */
  tellRestart(): Restart | undefined {
    const restart = this.#restarted
    this.#restarted = undefined
    if (restart === undefined) return undefined
    if (restart.away > 0 || restart.held > 0) this.events([restartEvent(restart, this.#name, this.clock.now)])
    return restart
  }

  /** A host, or one of its services, was decommissioned: it leaves the index, and its alerts are closed. */
  forget(host: string | undefined, service?: string): number {
    this.book.forget(host, service)
    return this.index.forget(host, service)
  }

  /**
   * Puts other rules in the place of those that run. Those that `unchanged` names go on untouched; in others, operators
   * that are the same keep their states; alerts of rules that are gone, or that have other keys now, are closed. Nothing
   * changes where a rule can't be built: that throws.
   */
  reload(rules: readonly Rule[], unchanged: ReadonlySet<string>, hash = ''): ReloadReport {
    const before = new Map(this.engine.runs.map((run) => [run.rule.name, run]))
    const ended = this.engine.replace(rules, (rule) =>
      unchanged.has(rule.name) ? before.get(rule.name) : undefined,
    )
    this.#hash = hash
    this.rebuild(this.engine.runs.filter(({ rule }) => !unchanged.has(rule.name) || !before.has(rule.name)))
    const loader = new EngineLoader(this.engine)
    const lost = new Map(ended.map((run) => [run.rule.name, this.#lostKeys(run)]))
    for (const run of ended) carryOver(run, loader)
    for (const run of ended) run.end()
    const names = new Set(rules.map(({ name }) => name))
    this.#next()
    const closed = this.book.retire(({ rule, key }) => {
      if (!names.has(rule)) return 'its rule is gone'
      return lost.get(rule)?.has(key.length) === true ? 'its rule has other keys now' : undefined
    })
    this.book.renew(this.#alertOptions())
    return {
      added: [...names].filter((name) => !before.has(name)),
      removed: [...before.keys()].filter((name) => !names.has(name)),
      changed: ended.flatMap(({ rule: { name } }) => {
        if (!names.has(name)) return []
        const carried = loader.changed.find(({ rule }) => rule === name)
        const reset = carried === undefined ? 0 : carried.of - carried.kept
        return [{ rule: name, reset, closed: closed.filter(({ rule }) => rule === name).length }]
      }),
      unchanged: [...unchanged].filter((name) => names.has(name) && before.has(name)),
      volatile: this.volatile,
    }
  }

  /** How the alerts of each rule are told; of one with several `alert()`s each alert learns that with its next event. */
  #alertOptions(): ReadonlyMap<string, AlertOptions> {
    return new Map(
      this.engine.rules.flatMap(({ name, alerts }) => {
        const [options, ...others] = alerts
        return options === undefined || others.length > 0 ? [] : [[name, options] as const]
      }),
    )
  }

  /** The rules that use operators of RxJS's own, and name a lookback, as they must. */
  get volatile(): readonly Volatile[] {
    return this.engine.runs.flatMap(({ rule: { name, lookback }, counters }) =>
      counters.volatile && lookback !== undefined ? [{ rule: name, lookback }] : [],
    )
  }

  /** Lets those of the rules that are volatile and name a lookback see again what came in it. */
  rebuild(runs: readonly Run[] = this.engine.runs): void {
    const past = this.#past
    if (past !== undefined) lookBack(this.engine, runs, (from) => past(from, this.#position))
  }

  #lostKeys({ rule, scope }: Run): ReadonlySet<number> {
    const after = this.engine.runs.find((run) => run.rule.name === rule.name)
    return lostKeys(shapesOf(scope.nodes), shapesOf(after?.scope.nodes ?? []))
  }

  /** What the alert book decided since the last call. */
  decisions(): Decisions {
    return this.book.take()
  }

  /** Answers how many entries of the index would have expired meanwhile, or within the grace, and that where it is short. */
  #skip(gap: number, wanted: number): Pick<Restart, 'held' | 'grace'> {
    const { clock, index } = this
    const grace = this.graces.take(wanted, clock.listened)
    const until = clock.now + Math.max(gap, grace)
    let held = 0
    for (const { due } of index.entries()) if (due <= until) held += 1
    this.finishSaving?.()
    clock.skip(gap, grace)
    this.heldBack += held
    return grace < wanted ? { held, grace } : { held }
  }

  readonly #settle = (): void => {
    this.#next()
    this.engine.settle(this.#next)
  }

  #sayPostponed(): void {
    const { postponed } = this.clock
    if (postponed === this.#postponed) return
    this.#postponed = postponed
    this.#say(
      'weir/timers-postponed',
      'timers of a rule set each other for the same moment, in a circle; they were put off by a second',
      postponed,
    )
    this.#settle()
  }

  readonly #next = (): void => {
    this.#turn += 1
    this.#ordinal = 0
  }

  #say(service: string, description: string, metric: number): void {
    sayOfHub(this.engine, this.#name, { service, description, metric })
  }
}
