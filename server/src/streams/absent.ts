import type { MonoTypeOperatorFunction } from 'rxjs'
import { type Event, isExpired, makeEvent } from 'weir-protocol'
import { type Duration, micros } from '../clock/duration.ts'
import { step } from '../rules/step.ts'
import { invalid } from './parameters.ts'

interface State {
  /** When each of the expected was heard last, in microseconds of listening; null where it never was. Changed in place. */
  readonly heard: (number | null)[]
  /** Which of them are said to be absent. Changed in place. */
  readonly absent: boolean[]
}

/** More are not looked after one by one. */
const MOST = 10_000

/**
 * Says which of the expected hosts, or services, are not heard, also where they never were.
 *
 * Passes the events of those with `state` set to `ok`, and drops all others. For each of which no event comes for
 * `duration`, from when the rule (or the group of a `by`) began, it hands on an event once: `state` is `critical`, the
 * host or service is the expected one, the time is the present, and all else is of `fields`. By the hub's clock, from
 * arrivals; an event that comes exactly then comes after that. Expired events are not heard. While the hub itself could
 * not listen, no time is counted. A reload that changes the list or the duration begins anew.
 *
 * An empty list, or one of more than 10,000, is WEIR_RULE_INVALID. It keeps a moment for each name.
 *
 * @example pipe(absent('host', ['web1', 'web2'], '5m'), by('host', alert({ … })))
 * @example pipe(absent('service', ['backup'], '25h'), alert({ … }))
 */
export function absent(
  field: 'host' | 'service',
  expected: readonly string[],
  duration: Duration,
  fields: Partial<Omit<Event, 'time' | 'state'>> = {},
): MonoTypeOperatorFunction<Event> {
  const names = [...new Set(expected)]
  const length = micros(duration)
  if (names.length === 0 || names.length > MOST) {
    throw invalid('absent', `expected has to name 1 to ${MOST} of field ${field}; it names ${names.length}`)
  }
  const places = new Map(names.map((name, place) => [name, place]))
  return step<Event, Event, State>('absent', [field, names, duration, fields], {
    eager: true,
    awaitsInput: true,
    init: () => ({ heard: names.map(() => null), absent: names.map(() => false) }),
    wake: (now) => now + length,
    event(state, event, context) {
      const place = places.get(event[field] ?? '')
      if (place === undefined || isExpired(event)) return state
      // While one is not absent, the timer is due no later than for this one.
      if (state.absent[place] === true && !state.absent.includes(false)) context.wakeAt(context.now + length)
      state.heard[place] = context.listened
      state.absent[place] = false
      context.emit({ ...event, state: 'ok' })
      return state
    },
    timer(state, context) {
      let next = Number.POSITIVE_INFINITY
      for (const [place, name] of names.entries()) {
        if (state.absent[place] === true) continue
        // The first timer is due `length` after the beginning: what was never heard is absent by then.
        const rest = (state.heard[place] ?? Number.NEGATIVE_INFINITY) + length - context.listened
        if (rest > 0) {
          next = Math.min(next, rest)
          continue
        }
        state.absent[place] = true
        context.emit(makeEvent({ ...fields, [field]: name, state: 'critical', time: context.now }))
      }
      if (next !== Number.POSITIVE_INFINITY) context.wakeAt(context.now + next)
      return state
    },
  })
}
