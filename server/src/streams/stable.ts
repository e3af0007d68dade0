import type { MonoTypeOperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { type Duration, micros } from '../clock/duration.ts'
import { step } from '../rules/step.ts'
import { onlyMembers, whole } from './parameters.ts'
import { asValue, type Value } from './value.ts'

interface State {
  /** Null before the first event; a missing value is kept as null, too, and told apart by `seen`. */
  readonly seen: boolean
  readonly value: Value
  /**
   * The events that wait until the value has been stable for long enough; null once it is. Changed in place, and now and
   * then cut to the first and the newest, so that an event costs the same however many wait.
   */
  readonly waiting: Event[] | null
}

export interface StableOptions {
  /** How many events may wait in one group; beyond it the oldest but the first are dropped. Default 100. */
  readonly buffer?: number
}

/**
 * Passes events only once a value has been the same for `duration`: spikes shorter than that are dropped.
 *
 * The events of the waiting time are passed together when it is over, by the next event or by the clock (but not by
 * time in which the hub could not listen); further ones at once. Times are the events' own (Riemann's `stable`);
 * Riemann keeps all waiting events, Weir at most `buffer`.
 *
 * @example stable('1m', (event) => event.state)
 */
export function stable(
  duration: Duration,
  value: (event: Event) => string | number | boolean | undefined = (event) => event.state,
  options: StableOptions = {},
): MonoTypeOperatorFunction<Event> {
  const length = micros(duration)
  onlyMembers('stable', options, ['buffer'])
  const buffer = whole('stable', 'buffer', options.buffer ?? 100, 1)
  /** Of the events that wait the first and the newest, `buffer` in all. */
  const kept = (waiting: readonly Event[]) => [
    ...waiting.slice(0, 1),
    ...waiting.slice(Math.max(1, waiting.length - buffer + 1)),
  ]
  return step<Event, Event, State>('stable', [duration, options], {
    shown: [duration, value],
    awaitsInput: true,
    init: () => ({ seen: false, value: null, waiting: null }),
    event(state, event, context) {
      const now = asValue(value(event))
      if (!state.seen || now !== state.value) {
        context.wakeAt(event.time + length)
        return { seen: true, value: now, waiting: [event] }
      }
      if (state.waiting === null) {
        context.emit(event)
        return state
      }
      const { waiting } = state
      const [first] = waiting
      if (first !== undefined && event.time - first.time >= length) {
        context.sleep()
        for (const one of kept(waiting)) context.emit(one)
        context.emit(event)
        return { ...state, waiting: null }
      }
      waiting.push(event)
      if (waiting.length >= 2 * buffer) waiting.splice(1, waiting.length - buffer)
      return state
    },
    timer(state, context) {
      const [first] = state.waiting ?? []
      if (first === undefined || context.now - first.time < length) return state
      for (const one of kept(state.waiting ?? [])) context.emit(one)
      return { ...state, waiting: null }
    },
  })
}
