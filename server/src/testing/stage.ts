import type { Event } from 'weir-protocol'
import type { AlertChange } from '../alerts/alert.ts'
import { spell } from '../clock/duration.ts'
import { Fold, type FoldOptions } from '../fold.ts'
import type { Notification } from '../outputs/notification.ts'
import type { Target } from '../rules/effects.ts'
import { rule } from '../rules/rule.ts'
import { map } from '../streams/map.ts'
import { refused } from './strict.ts'
import { EXACT } from './tables.ts'
import type { Which } from './timeline.ts'

/** What came by a `tap` in a rule. */
export interface Tapped {
  /** Microseconds from the beginning. */
  readonly at: number
  /** That of the `tap`. */
  readonly name: string
  /** An event, or a list. */
  readonly value: unknown
}

/** An event that came of another one, or of the time. */
export interface Derived {
  /** Microseconds from the beginning. */
  readonly at: number
  /** What a rule published, what ran out of its ttl in the index, or what the hub says about itself. */
  readonly event: Event
  /** Where it was published to a topic, and not to the rules: which. */
  readonly topic?: string
}

/** What a rule threw, as the hub's log has it. */
export interface Failed {
  readonly at: number
  readonly line: string
}

/** One thing that came of an event, or of the time. */
export type Outcome =
  | { readonly kind: 'tap'; readonly at: number; readonly tapped: Tapped }
  | { readonly kind: 'derived'; readonly at: number; readonly derived: Derived }
  | { readonly kind: 'failed'; readonly at: number; readonly line: string }
  | { readonly kind: 'change'; readonly at: number; readonly change: AlertChange }
  | { readonly kind: 'message'; readonly at: number; readonly message: Notification }
  | { readonly kind: 'not told'; readonly at: number; readonly alert: string; readonly why: string }

/** What happened, and what came of it: an event came in, somebody acted, or the clock alone went on. */
export interface Moved {
  readonly at: number
  readonly event: Event | undefined
  /** What somebody did, in words. */
  readonly act?: string
  readonly outcomes: readonly Outcome[]
}

/** A hub that a test plays to, with every `by` in one of its forms, and what came of that so far. */
export class Stage {
  readonly changes: AlertChange[] = []
  readonly notifications: Notification[] = []
  readonly taps: Tapped[] = []
  readonly derived: Derived[] = []
  readonly failed: Failed[] = []
  readonly failures: string[] = []
  readonly moves: Moved[] = []
  readonly outcomes: Outcome[] = []
  readonly #fold: Fold
  /** The rule and key of each alert, by its id. */
  readonly #alerts = new Map<string, string>()
  /** Those of the present event or stretch of time. */
  #present: Outcome[] = []
  #incoming: Event | undefined
  #position = 0

  constructor(options: Omit<FoldOptions, 'report'>) {
    const watcher = rule('what play watches by', {
      stream: map((event: Event) => {
        if (event !== this.#incoming) this.#derived({ at: this.#fold.clock.now, event })
        return event
      }),
    })
    this.#fold = new Fold({
      ...options,
      rules: [...options.rules, watcher],
      report: (line) => {
        const at = this.#fold.clock.now
        this.failed.push({ at, line })
        this.failures.push(line)
        this.#present.push({ kind: 'failed', at, line })
      },
    })
    this.#fold.told = (topic, event) => this.#derived({ at: this.#fold.clock.now, event, topic })
    this.#fold.engine.tapped = (name, value) => {
      const tapped = { at: this.#fold.clock.now, name, value }
      this.taps.push(tapped)
      this.#present.push({ kind: 'tap', at: tapped.at, tapped })
    }
  }

  /** Whom the rules tell. */
  get targets(): Iterable<Target> {
    return this.#fold.engine.targets.keys()
  }

  /** The moment up to which time has gone. */
  get now(): number {
    return this.#fold.clock.now
  }

  /** An event comes in. */
  play(at: number, event: Event): void {
    this.run(at)
    this.#incoming = event
    this.#fold.events([event])
    this.#incoming = undefined
    this.#take(at, event)
  }

  /** Somebody acknowledges the open alerts that are meant. */
  acknowledge(at: number, { rule, host }: Which): void {
    this.run(at)
    const { book } = this.#fold
    const meant = [...book.open].filter(
      (alert) => (rule ?? alert.rule) === alert.rule && (host ?? alert.event.host) === alert.event.host,
    )
    if (meant.length === 0) {
      const which = [
        rule === undefined ? '' : ` of rule '${rule}'`,
        host === undefined ? '' : ` of host '${host}'`,
      ]
      throw refused(`acknowledge() at ${spell(at, EXACT)}: no alert${which.join('')} is open then`)
    }
    for (const { id } of meant) book.acknowledge(id, { who: 'somebody', why: 'a test', at, until: undefined })
    this.#take(at, undefined, meant.map(({ id }) => `acknowledged ${this.#alerts.get(id) ?? id}`).join(', '))
  }

  /** Time goes on; what is due by then is done. */
  run(until: number): void {
    this.#fold.begin(++this.#position)
    this.#fold.advance(until)
    this.#take(until)
  }

  #derived(derived: Derived): void {
    this.derived.push(derived)
    this.#present.push({ kind: 'derived', at: derived.at, derived })
  }

  #take(at: number, event?: Event, act?: string): void {
    const { changes, notifications, log } = this.#fold.decisions()
    for (const change of changes) {
      const { id, rule, key } = change.alert
      this.#alerts.set(id, [rule, ...key].filter((part) => part !== undefined).join(' '))
      this.changes.push(change)
      this.#present.push({ kind: 'change', at: change.at, change })
    }
    for (const message of notifications) {
      this.notifications.push(message)
      this.#present.push({ kind: 'message', at: message.at, message })
    }
    for (const { at, what, alert, detail } of log) {
      if (what !== 'not told') continue
      // The reason may be another alert, which is known to people by its rule.
      const why = detail.replace(/\d+(-\d+){3}$/, (id) => this.#alerts.get(id) ?? id)
      this.#present.push({ kind: 'not told', at, alert: this.#alerts.get(alert) ?? alert, why })
    }
    const outcomes = this.#present.toSorted((a, b) => a.at - b.at)
    this.#present = []
    for (const outcome of outcomes) this.outcomes.push(outcome)
    if (act !== undefined) this.moves.push({ at, event, act, outcomes })
    else if (event !== undefined || outcomes.length > 0) this.moves.push({ at, event, outcomes })
  }
}
