import type { Event } from 'weir-protocol'
import type { AlertChange } from '../alerts/alert.ts'
import { spell } from '../clock/duration.ts'
import { Fold } from '../fold.ts'
import type { Notification } from '../outputs/notification.ts'
import { type Rule, rule } from '../rules/rule.ts'
import { index } from '../streams/index-events.ts'
import { recordSeen, SEEN_VARIABLE } from './seen.ts'
import { aligned, EXACT, severityOf, targetsOf } from './tables.ts'
import { type Moment, moment, type Timeline } from './timeline.ts'
import { type Moved, trace } from './trace.ts'

/** What came by a `tap` in a rule. */
export interface Tapped {
  /** Microseconds from the beginning. */
  readonly at: number
  /** That of the `tap`. */
  readonly name: string
  /** An event, or a list. */
  readonly value: unknown
}

/** What came of playing events to rules. */
export interface Played {
  /** Every change of an alert so far, in order. */
  readonly changes: readonly AlertChange[]
  /** Every message that was written so far. */
  readonly notifications: readonly Notification[]
  /** What came by each `tap` of the rules so far, in order. */
  readonly taps: readonly Tapped[]
  /** What rules threw, in one line each; a test of a sound rule finds none. */
  readonly failures: readonly string[]
  /**
   * Lets the clock run to `until` (exclusive) and gives the changes of alerts as an aligned table: when, what, how
   * bad, of which host and service, and who is told.
   */
  timetable(options: { readonly until: Moment }): string
  /**
   * The same for what is told: when each message is written, to whom, and what it says of which alert; the alerts of
   * one message stand below each other.
   */
  messages(options: { readonly until: Moment }): string
  /**
   * The same with everything: when, the event that came in, and what came of it, changes and messages with their
   * texts. Events of which nothing came are one line where they look the same. To see what a rule did.
   */
  timeline(options: { readonly until: Moment }): string
}

/**
 * Plays events to rules in virtual time: synchronously, from the moment 0, with an index, so that what falls silent
 * expires. Each rule is run in both forms of `by`; where they differ, it throws: a callback is not pure. Several
 * timelines are played as one; within one, an event that is earlier than the one before it throws.
 *
 * @example
 * const played = play(diskFull, every('10s', { from: '0s', until: '10m' }, { host: 'db-1', metric: 4 }))
 * expect(played.timetable({ until: '20m' })).toBe(lines`
 *   5m  firing  critical  db-1 df-root/percent_bytes-free  -> ops`)
 */
export function play(rules: Rule | readonly Rule[], ...timelines: readonly Timeline[]): Played {
  const list = isList(rules) ? rules : [rules]
  for (const timeline of timelines) refuseDisorder(timeline)
  const timeline = timelines.flat().toSorted((a, b) => a.at - b.at)
  const shared = new Stage(list, false)
  const separate = new Stage(list, true)
  for (const stage of [shared, separate]) {
    for (const { at, event } of timeline) stage.play(at, event)
  }
  const compare = () => {
    if (table(shared.changes) === table(separate.changes)) return
    throw new Error(
      `a rule gives other alerts with one pipeline for all keys than with one per key: a callback inside by() is not pure\n` +
        `one for all:\n${table(shared.changes)}\none per key:\n${table(separate.changes)}`,
    )
  }
  // Set by `weir test`.
  const record = process.env[SEEN_VARIABLE]
  let recorded = 0
  const finish = () => {
    compare()
    if (record !== undefined) recordSeen(record, shared.changes.slice(recorded))
    recorded = shared.changes.length
  }
  finish()
  const runTo = (until: Moment) => {
    for (const stage of [shared, separate]) stage.run(moment(until) - 1)
    finish()
  }
  return {
    changes: shared.changes,
    notifications: shared.notifications,
    taps: shared.taps,
    failures: shared.failures,
    timetable({ until }) {
      runTo(until)
      return table(shared.changes)
    },
    messages({ until }) {
      runTo(until)
      return aligned(
        shared.notifications.flatMap(({ at, destination, items }) =>
          items.map((item, n) => [
            n === 0 ? spell(at) : '',
            n === 0 ? destination : '',
            item.status,
            item.severity,
            [item.host, item.service].filter((part) => part !== undefined).join(' '),
          ]),
        ),
      )
    },
    timeline({ until }) {
      runTo(until)
      return trace(shared.moves)
    },
  }
}

/** A template of lines without their common indentation and without the first, empty, line. */
export function lines(strings: TemplateStringsArray, ...values: readonly unknown[]): string {
  const text = String.raw({ raw: strings }, ...values)
    .replace(/^\n/, '')
    .trimEnd()
  const indents = text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.search(/\S/)]))
  const indent = Math.min(...indents)
  return text
    .split('\n')
    .map((line) => line.slice(indent))
    .join('\n')
}

class Stage {
  readonly changes: AlertChange[] = []
  readonly notifications: Notification[] = []
  readonly failures: string[] = []
  readonly moves: Moved[] = []
  readonly taps: Tapped[] = []
  readonly #fold: Fold
  #position = 0

  constructor(rules: readonly Rule[], separate: boolean) {
    this.#fold = new Fold({
      rules: [rule('the index of play', { stream: index() }), ...rules],
      name: 'weir',
      report: (line) => this.failures.push(line),
      separate,
    })
    this.#fold.engine.tapped = (name, value) => {
      this.taps.push({ at: this.#fold.clock.now, name, value })
    }
  }

  play(at: number, event: Timeline[number]['event']): void {
    this.#fold.begin(++this.#position)
    this.#fold.advance(at)
    this.#take(at)
    this.#fold.events([event])
    this.#take(at, event)
  }

  run(until: number): void {
    this.#fold.begin(++this.#position)
    this.#fold.advance(until)
    this.#take(until)
  }

  #take(at: number, event?: Event): void {
    const { changes, notifications } = this.#fold.decisions()
    this.moves.push({ at, event, changes, notifications })
    for (const change of changes) this.changes.push(change)
    for (const notification of notifications) this.notifications.push(notification)
  }
}

function table(changes: readonly AlertChange[]): string {
  const rows = changes.map((change) => [
    spell(change.at, EXACT),
    change.kind,
    severityOf(change),
    [change.alert.event.host, change.alert.event.service].filter((part) => part !== undefined).join(' '),
    `-> ${targetsOf(change)}`,
  ])
  return aligned(rows)
}

function refuseDisorder(timeline: Timeline): void {
  for (const [n, { at }] of timeline.entries()) {
    const before = timeline[n - 1]?.at ?? at
    if (at >= before) continue
    throw new Error(
      `a timeline goes back from ${spell(before, EXACT)} to ${spell(at, EXACT)}; put its events in order, or give play() several timelines`,
    )
  }
}

function isList(rules: Rule | readonly Rule[]): rules is readonly Rule[] {
  return Array.isArray(rules)
}
