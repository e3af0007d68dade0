import type { MonoTypeOperatorFunction } from 'rxjs'
import { type Event, isExpired } from 'weir-protocol'
import { type Duration, micros } from '../clock/duration.ts'
import { type When, whenTest } from '../rules/match.ts'
import { step } from '../rules/step.ts'
import { invalid, onlyMembers, within } from './parameters.ts'

export interface NagOptions {
  /** The states that are good. Default `['ok']`. */
  readonly ok?: readonly string[]
  /** Each reminder comes so many times as long after the one before as that one did; 1 to 10. Default 1. */
  readonly backoff?: number
  /** The longest that `backoff` makes of the interval. Default `'1d'`, or the interval where that is longer. */
  readonly max?: Duration
  /** What says that somebody knows: there are no more reminders until the state has been good. Default: nothing does. */
  readonly acknowledged?: When
}

interface State {
  /** The latest bad event; null while nothing is wrong. */
  readonly last: Event | null
  /** How many reminders of this state there have been. */
  readonly reminders: number
  readonly acknowledged: boolean
}

const QUIET: State = { last: null, reminders: 0, acknowledged: false }

/**
 * Reminds: passes an event whose state is bad and another one than before, and while it stays bad hands on the latest one
 * again each `interval`; then the first good one passes.
 *
 * So what follows hears of each change once, of what stays bad again and again, and of its end; all other events are
 * dropped. Bad is every state but those of `ok`, and `expired`: an expired event ends it, and passes in place of a good
 * one. An event without a state is an error, as in `alert`. A reminder is the latest bad event with the present as time
 * and its number in the attribute `reminder`; it comes whether anything is heard or not. Another bad state passes at once
 * and begins anew.
 *
 * By the hub's clock, counted from the event that passed. An event that comes exactly then comes after the reminder. While
 * the hub could not listen there are none, and the next one comes later by that. With `backoff: 2` and `'10m'` they come
 * after 10, 30, 70 minutes. An event that meets `acknowledged`, whatever its state is, is dropped and ends the reminders;
 * changes and the end still pass. A reload that changes the parameters goes on.
 *
 * What `alert` tells of has `repeat` and `escalate`, which know acknowledgements, silences and maintenance: use those, and
 * this for `publish`, `ping` and operators of your own. Riemann has no such function.
 *
 * @example by(['host', 'service'], pipe(severity({ critical: below(5) }), nag('1h', { backoff: 2 }), publish('pager')))
 */
export function nag(interval: Duration, options: NagOptions = {}): MonoTypeOperatorFunction<Event> {
  onlyMembers('nag', options, ['ok', 'backoff', 'max', 'acknowledged'])
  const { ok = ['ok'] } = options
  const first = micros(interval)
  const backoff = within('nag', 'backoff', options.backoff ?? 1, 1, 10)
  const longest = options.max === undefined ? Math.max(first, micros('1d')) : micros(options.max)
  if (longest < first) {
    throw invalid('nag', `max has to be at least the interval, ${interval}; it is ${options.max}`)
  }
  const isAcknowledgement = options.acknowledged === undefined ? () => false : whenTest(options.acknowledged)
  /** How long after so many reminders the next one comes. */
  const wait = (reminders: number) => Math.min(longest, Math.round(first * backoff ** reminders))
  return step<Event, Event, State>('nag', [interval, options], {
    anyParams: true,
    awaitsInput: true,
    init: () => QUIET,
    event(before, event, context) {
      if (isAcknowledgement(event)) {
        context.sleep()
        return { ...before, acknowledged: before.last !== null }
      }
      if (event.state === undefined)
        throw new Error('an event without a state: put severity() before nag(), or set the state with map()')
      if (isExpired(event) || ok.includes(event.state)) {
        context.sleep()
        if (before.last !== null) context.emit(event)
        return QUIET
      }
      if (before.last?.state === event.state) return { ...before, last: event }
      if (!before.acknowledged) context.wakeAt(context.now + wait(0))
      context.emit(event)
      return { ...before, last: event, reminders: 0 }
    },
    timer(before, context) {
      if (before.last === null) return before
      const reminders = before.reminders + 1
      context.wakeAgain(context.now + wait(reminders))
      const attributes = { ...before.last.attributes, reminder: `${reminders}` }
      context.emit({ ...before.last, attributes, time: context.now })
      return { ...before, reminders }
    },
  })
}
