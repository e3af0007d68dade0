import type { AlertChange } from '../alerts/alert.ts'
import { spell } from '../clock/duration.ts'
import type { Config } from '../config.ts'
import type { FoldOptions } from '../fold.ts'
import type { Notification } from '../outputs/notification.ts'
import { type Rule, rule } from '../rules/rule.ts'
import { index } from '../streams/index-events.ts'
import { refuseDifference } from './compare.ts'
import { recordSeen, SEEN_VARIABLE } from './seen.ts'
import { type Derived, Stage, type Tapped } from './stage.ts'
import { refused, refuseOthers } from './strict.ts'
import { EXACT } from './tables.ts'
import { type Moment, moment, refuseDisorder, type Timeline } from './timeline.ts'
import { messagesOf, renderedOf, timetableOf } from './timetable.ts'
import { trace } from './trace.ts'

/** Up to when to play: exclusive, after the last event, and not before what was asked for last. */
export interface Until {
  readonly until: Moment
}

/** What came of playing events to rules. */
export interface Played {
  /** Every change of an alert so far, in order. */
  readonly changes: readonly AlertChange[]
  /** Every message that was written so far. */
  readonly notifications: readonly Notification[]
  /** What came by each `tap` of the rules so far, in order. */
  readonly taps: readonly Tapped[]
  /** What rules published so far, what ran out of its ttl, and what the hub said about itself. */
  readonly derived: readonly Derived[]
  /** What rules threw, in one line each; a test of a sound rule finds none. */
  readonly failures: readonly string[]
  /**
   * Lets the clock run to `until` (exclusive) and gives the changes of alerts as an aligned table: when, what, how
   * bad, of a configuration which rule, of which host and service, and who is told. What rules threw stands in it, too.
   */
  timetable(options: Until): string
  /**
   * The same for what is told: when each message is written, to whom, and what it says of which alert; the alerts of
   * one message stand below each other.
   */
  messages(options: Until): string
  /**
   * The same as it is read: each message as its destination shows it, as `weir preview` does. The moment 0 is the
   * beginning of 1970.
   */
  rendered(options: Until): string
  /**
   * The same with everything: when, the event that came in, and what came of it: what came by a `tap`, what was
   * published or expired, what a rule threw, changes of alerts, messages with their texts, and why there was none. Events that look the
   * same and of which the same came are one line. To see what a rule did.
   */
  timeline(options: Until): string
}

/**
 * Plays events to a rule, several, or all of a configuration, in virtual time: synchronously, from the moment 0.
 *
 * A rule by itself has an index, so that what falls silent expires; a configuration has what its rules put into the
 * index, with its limit, and its `name` and `page`. Inputs and listeners are not opened, and nothing is sent.
 *
 * Each rule is run in both forms of `by`; where they differ, it throws: a callback is not pure. Several timelines are
 * played as one; within one, an event that is earlier than the one before it throws, as does a field that no event has.
 * What is wrong with a test throws WEIR_TEST_INVALID.
 *
 * @example
 * const played = play(diskFull, every('10s', { from: '0s', until: '10m' }, { host: 'db-1', metric: 4 }))
 * expect(played.timetable({ until: '20m' })).toBe(lines`
 *   5m  firing  critical  db-1 df-root/percent_bytes-free  -> ops`)
 * @example
 * play(config, at('1m', { host: 'db-1', service: 'backup', state: 'critical' })).timetable({ until: '1h' })
 */
export function play(rules: Rule | readonly Rule[] | Config, ...timelines: readonly Timeline[]): Played {
  const options = optionsOf(rules)
  const named = isConfig(rules)
  for (const timeline of timelines) refuseDisorder(timeline)
  const timeline = timelines.flat().toSorted((a, b) => a.at - b.at)
  const shared = new Stage({ ...options, separate: false })
  const separate = new Stage({ ...options, separate: true })
  for (const stage of [shared, separate]) {
    for (const entry of timeline) {
      if ('event' in entry) stage.play(entry.at, entry.event)
      else stage.acknowledge(entry.at, entry.acknowledge)
    }
  }
  // Set by `weir test`.
  const record = process.env[SEEN_VARIABLE]
  let compared = 0
  let recorded = 0
  const finish = () => {
    compared = refuseDifference(shared, separate, named, compared)
    if (record !== undefined) recordSeen(record, shared.changes.slice(recorded))
    recorded = shared.changes.length
  }
  finish()
  const last = timeline.at(-1)?.at ?? -1
  /** A table of all there is up to a moment, once the clock has come to it. */
  const upTo = (what: string, given: Until, table: (stage: Stage) => string): string => {
    refuseOthers(`what ${what}() takes`, given, ['until'])
    const until = moment(given.until)
    if (until <= last) {
      throw refused(
        `${what}({ until: ${spell(until, EXACT)} }) leaves out events, the last of which comes at ${spell(last, EXACT)}; 'until' is exclusive`,
      )
    }
    if (until <= shared.now) {
      throw refused(
        `${what}({ until: ${spell(until, EXACT)} }) goes back: what was asked for before has played up to ${spell(shared.now + 1, EXACT)}`,
      )
    }
    for (const stage of [shared, separate]) stage.run(until - 1)
    finish()
    return table(shared)
  }
  return {
    changes: shared.changes,
    notifications: shared.notifications,
    taps: shared.taps,
    derived: shared.derived,
    failures: shared.failures,
    timetable: (given) => upTo('timetable', given, (stage) => timetableOf(stage, named)),
    messages: (given) => upTo('messages', given, (stage) => messagesOf(stage, named)),
    rendered: (given) => upTo('rendered', given, renderedOf),
    timeline: (given) => upTo('timeline', given, ({ moves }) => trace(moves, named)),
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

/** A hub of these rules as `play` makes it: of a configuration as the configuration says, else with an index. */
function optionsOf(rules: Rule | readonly Rule[] | Config): Omit<FoldOptions, 'report'> {
  if (isConfig(rules)) {
    const { name, page, index: own } = rules
    return { rules: rules.rules, name, page, ...(own.limit === undefined ? {} : { indexLimit: own.limit }) }
  }
  const list = isList(rules) ? rules : [rules]
  if (!list.every(isRule)) {
    throw refused(
      'play() takes a rule made by rule(), a list of such, or a configuration made by config(); is it exported where it is imported from?',
    )
  }
  const twice = list.find(({ name }, n) => list.findIndex((other) => other.name === name) !== n)
  if (twice !== undefined) throw refused(`play() got two rules that are named '${twice.name}'`)
  return { rules: [rule('the index of play', { stream: index() }), ...list], name: 'weir' }
}

function isRule(rule: unknown): boolean {
  return typeof rule === 'object' && rule !== null && 'name' in rule && 'stream' in rule
}

function isConfig(rules: Rule | readonly Rule[] | Config): rules is Config {
  return typeof rules === 'object' && rules !== null && 'rules' in rules
}

function isList(rules: Rule | readonly Rule[]): rules is readonly Rule[] {
  return Array.isArray(rules)
}
