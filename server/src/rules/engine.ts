import { type Event, makeEvent } from 'weir-protocol'
import { SECOND } from '../clock/duration.ts'
import type { Timer } from '../clock/heap.ts'
import type { LogicalClock } from '../clock/logical.ts'
import { onUnhandledRxError, withClock } from '../clock/rxjs.ts'
import { messageOf, WeirError } from '../errors.ts'
import { Dispatch } from './dispatch.ts'
import type { Effects, Target } from './effects.ts'
import { Group } from './group.ts'
import type { Groups } from './keyed.ts'
import type { Rule } from './rule.ts'
import { Run } from './run.ts'
import { type RuleCounters, Scope } from './scope.ts'

/** How often an event may give rise to another one that a rule publishes. */
export const HOP_LIMIT = 8
/** How many published events may wait; beyond it they are dropped, counted. */
export const QUEUE_LIMIT = 100_000
/** How many groups all `by`s together may hold unless told otherwise. */
export const GROUP_LIMIT = 2_000_000
/** How much of an error's message is shown. */
const MESSAGE_LIMIT = 1000
/** A step that keeps failing is shown as an event once in this time. */
const FAILURE_SHOWN_EVERY = 10 * SECOND

/** Of an engine without rules. */
const noRule: RuleCounters = {
  name: '',
  events: 0,
  errors: 0,
  volatile: false,
  targets: new Set(),
  alerts: new Set(),
  parents: new Set(),
}

/** What rules do of which nothing comes. */
const SILENT: Omit<Effects, 'isOpen'> = { index() {}, alert() {}, ping() {}, tell() {} }

/** Takes what is about to change as it is. */
export interface Saver {
  group(group: Group, firing: Timer | undefined): void
  groups(groups: Groups, firing: Timer | undefined): void
}

/**
 * Runs the rules over events, one at a time, on the logical clock. It knows no socket, no file and no wall clock.
 * What a rule does beyond its own state leaves through `effects`; what it publishes waits until the event or timer
 * that caused it is done.
 */
export class Engine {
  readonly clock: LogicalClock
  effects: Effects
  #runs: readonly Run[] = []
  /** Whether every `by` makes a pipeline per key; a test compares the two forms. */
  readonly separate: boolean
  /** How many groups all `by`s together may hold. */
  readonly groupLimit: number
  readonly counters = {
    events: 0,
    derived: 0,
    derivedDropped: 0,
    failures: 0,
    groups: 0,
    groupsRefused: 0,
  }
  /** Raised when a checkpoint begins: what is about to change and is of an older epoch is saved first. */
  epoch = 0
  /** The checkpoint that is being written. */
  saver: Saver | undefined
  /** The innermost group of the operator that runs now. */
  group: Group
  #dispatch: Dispatch
  readonly #queue: { readonly event: Event; readonly hop: number }[] = []
  readonly #later: { readonly scope: Scope; readonly build: () => void }[] = []
  /** When the failures of each rule and step were last shown, in microseconds. */
  readonly shown = new Map<string, number>()
  readonly #name: string
  readonly #report: (line: string) => void
  #hop = 0
  /** Whether what rules do leaves nowhere. */
  #silent = false
  /** Hears what comes by the `tap`s; a test's. */
  tapped: ((name: string, value: unknown) => void) | undefined
  /** The event that goes through the rules; none while a timer fires. */
  incoming: Event | undefined

  constructor(options: {
    readonly clock: LogicalClock
    readonly rules: readonly Rule[]
    readonly effects: Effects
    /** The host of the events that the engine makes about itself. */
    readonly name: string
    /** Hears of failures, in one line each. */
    readonly report: (line: string) => void
    readonly separate?: boolean
    /** Whether the rules are only built to see whether they can be: what RxJS reports is another engine's. */
    readonly trial?: boolean
    /** Default 2,000,000. */
    readonly groupLimit?: number
  }) {
    this.separate = options.separate ?? false
    this.groupLimit = options.groupLimit ?? GROUP_LIMIT
    this.clock = options.clock
    this.effects = options.effects
    this.#name = options.name
    this.#report = options.report
    if (options.trial !== true) onUnhandledRxError((error) => this.#unhandled(error))
    this.#runs = this.#build(options.rules)
    this.group = this.#runs[0]?.group ?? new Group(new Scope(this, noRule, () => {}), undefined, [])
    this.#dispatch = this.#dispatchTo(this.#runs)
  }

  /** The rules as they run, in the order of the configuration. */
  get runs(): readonly Run[] {
    return this.#runs
  }

  /** What each rule has done, in the order of the configuration. */
  get rules(): readonly RuleCounters[] {
    return this.#runs.map((run) => run.counters)
  }

  /** Whom the rules' alerts are told to, and by which rule first. */
  get targets(): ReadonlyMap<Target, string> {
    const targets = new Map<Target, string>()
    for (const { name, targets: own } of this.rules) {
      for (const target of own) if (!targets.has(target)) targets.set(target, name)
    }
    return targets
  }

  /** Passes the event through the rules that it concerns; then `settle` has to be called. */
  event(event: Event): void {
    this.counters.events += 1
    this.incoming = event
    const { rules, count } = this.#dispatch.rulesFor(event)
    for (let i = 0; i < count; i++) {
      const run = this.#runs[rules[i] ?? -1]
      if (run === undefined) continue
      run.events += 1
      run.source.next(event)
    }
    this.incoming = undefined
  }

  /** The rules that an event would concern, in their order. */
  concerned(event: Event): readonly Run[] {
    const { rules, count } = this.#dispatch.rulesFor(event)
    return rules.slice(0, count).flatMap((number) => this.#runs[number] ?? [])
  }

  /**
   * Lets some of the rules see the past again, which `replay` goes through: it is given what an event of then is to be
   * handed to. Their pipelines are built anew in it; what they do is done already, and leaves nowhere.
   */
  rebuild(runs: readonly Run[], past: number, replay: (event: (event: Event) => void) => void): void {
    const { effects } = this
    // Their timers of now are not those of then.
    for (const { scope } of runs) scope.dismantle()
    this.effects = { ...SILENT, isOpen: effects.isOpen }
    this.#silent = true
    try {
      withClock(this.clock, () =>
        this.clock.aside(past, () => {
          for (const run of runs) run.assemble()
          replay((event) => {
            for (const run of this.concerned(event)) if (runs.includes(run)) run.source.next(event)
            this.settle(() => {})
          })
        }),
      )
    } finally {
      this.effects = effects
      this.#silent = false
    }
  }

  /** An event that a rule (or the index) gives back to the rules. */
  publish(event: Event): void {
    if (this.#silent) return
    if (this.#hop >= HOP_LIMIT || this.#queue.length >= QUEUE_LIMIT) {
      this.counters.derivedDropped += 1
      return
    }
    this.counters.derived += 1
    this.#queue.push({ event, hop: this.#hop + 1 })
  }

  /**
   * Builds ended pipelines again and handles what was published meanwhile, in order; to be called after each event and
   * each timer. `before` is called before each of those events.
   */
  settle(before: () => void): void {
    if (this.#later.length === 0 && this.#queue.length === 0) return
    this.#rebuild()
    for (let i = 0; i < this.#queue.length; i++) {
      const next = this.#queue[i]
      if (next === undefined) break
      this.#hop = next.hop
      before()
      this.event(next.event)
      this.#rebuild()
    }
    this.#queue.length = 0
    this.#hop = 0
  }

  /** The group is about to change; a timer of it that just fired has left the heap already. */
  touch(group: Group, firing?: Timer): void {
    group.epoch = this.epoch
    this.saver?.group(group, firing)
  }

  /** The timer of these groups is about to change. */
  touchGroups(groups: Groups, firing?: Timer): void {
    groups.epoch = this.epoch
    this.saver?.groups(groups, firing)
  }

  /** Builds something of the scope again once the present event or timer is done. */
  later(scope: Scope, build: () => void): void {
    this.#later.push({ scope, build })
  }

  /**
   * Puts other rules in the place of those that run; between two events or timers only. Rules for which `keeps` answers
   * the run of now go on untouched, with their states; all others are built anew, and nothing is changed where that
   * throws. Answers the runs that are over: their states can still be read, then `end` them.
   */
  replace(rules: readonly Rule[], keeps: (rule: Rule) => Run | undefined): readonly Run[] {
    const before = this.#runs
    const made = this.#build(rules, keeps)
    this.#runs = made
    this.#dispatch = this.#dispatchTo(made)
    return before.filter((run) => !made.includes(run))
  }

  #build(rules: readonly Rule[], keeps: (rule: Rule) => Run | undefined = () => undefined): readonly Run[] {
    const runs = withClock(this.clock, () =>
      rules.map((rule) => {
        const kept = keeps(rule)
        if (kept !== undefined) return kept
        try {
          return new Run(this, rule)
        } catch (error) {
          if (error instanceof WeirError && error.code === 'WEIR_RULE_INVALID') throw error
          throw new WeirError(
            'WEIR_RULE_INVALID',
            { rule: rule.name, problem: messageOf(error) },
            { cause: error },
          )
        }
      }),
    )
    return this.#refuseCircles(runs)
  }

  /** Rules whose alerts depend on each other in a circle would hold each other back for ever. */
  #refuseCircles(runs: readonly Run[]): readonly Run[] {
    const parents = new Map(runs.map(({ counters }) => [counters.name, counters.parents]))
    for (const { counters } of runs) {
      const above = new Set(counters.parents)
      for (const name of above) for (const next of parents.get(name) ?? []) above.add(next)
      if (above.has(counters.name)) {
        const problem = `dependsOn: it depends on itself, through ${[...above].join(', ')}`
        throw new WeirError('WEIR_RULE_INVALID', { rule: counters.name, problem })
      }
    }
    return runs
  }

  #dispatchTo(runs: readonly Run[]): Dispatch {
    return new Dispatch(
      runs.map(({ rule }) => rule.match),
      (number, error, event) => {
        const run = runs[number]
        if (run !== undefined) this.failed(run.scope, 'match', error, event)
      },
    )
  }

  /** An operator threw: the value is dropped there, counted, and shown as an event. */
  failed(scope: Scope, step: string, error: unknown, value?: unknown): void {
    if (this.#silent) return
    this.counters.failures += 1
    scope.rule.errors += 1
    const where = `${scope.ruleName}\n${step}`
    const shown = this.shown.get(where)
    if (shown !== undefined && this.clock.now - shown < FAILURE_SHOWN_EVERY) return
    this.shown.set(where, this.clock.now)
    const cause = describe(value)
    const message = messageOf(error).slice(0, MESSAGE_LIMIT)
    const description = `rule '${scope.ruleName}', ${step}: ${message}${cause === '' ? '' : ` (at ${cause})`}`
    this.#report(description)
    this.publish(
      makeEvent({
        host: this.#name,
        service: 'weir/rule-error',
        state: 'warning',
        description,
        time: this.clock.now,
        ttl: 60,
        tags: ['weir'],
        attributes: Object.assign(Object.create(null), { rule: scope.ruleName, step }),
      }),
    )
  }
  /** What fails again, at once or while it is built, waits for the next event or timer. */
  #rebuild(): void {
    if (this.#later.length === 0) return
    for (const { scope, build } of this.#later.splice(0)) {
      try {
        build()
      } catch (error) {
        this.failed(scope, scope.ruleName, error)
        this.later(scope, build)
      }
    }
  }

  /** RxJS tells of these outside of any event or timer, at a moment that replay does not know: they are not shown as an event. */
  #unhandled(error: unknown): void {
    this.counters.failures += 1
    this.#report(`an operator of a rule: ${messageOf(error).slice(0, MESSAGE_LIMIT)}`)
  }
}

function describe(value: unknown): string {
  if (typeof value !== 'object' || value === null) return ''
  const host = 'host' in value && typeof value.host === 'string' ? value.host : ''
  const service = 'service' in value && typeof value.service === 'string' ? value.service : ''
  return [host, service].filter((text) => text !== '').join(' ')
}
