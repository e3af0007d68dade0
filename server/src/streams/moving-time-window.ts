import type { OperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { type Duration, micros } from '../clock/duration.ts'
import { step } from '../rules/step.ts'
import { onlyMembers, whole } from './parameters.ts'
import {
  append,
  copyOf,
  dropAll,
  dropFirst,
  dropWhile,
  emptyList,
  type SlidingList,
  sizeOf,
} from './sliding-list.ts'

interface State {
  /** What happened then or before is no longer in the window; microseconds. */
  readonly horizon: number
  /** What came until the horizon is here may not be in the order of its times. */
  readonly mixed: number
  /** In the order in which they came; changed in place. */
  readonly events: SlidingList<Event>
}

export interface WindowOptions {
  /** How many events a window may hold; beyond it events are left out and counted as failures. Default 10,000. */
  readonly max?: number
}

/**
 * Hands on, for each event, the events of the last `duration` as a list, in the order in which they came (Riemann's
 * `moving-time-window`).
 *
 * By the events' own times: the window ends with the latest time that was seen, and what is `duration` older than that,
 * or more, is out. An event that is too old when it comes is dropped and hands on nothing; one that is ahead of all
 * others moves the window, also for those that come after it. Nothing happens by the clock: old events stay until the
 * next one comes. Expired events are ordinary ones. At `max` events the oldest is left out, which counts as a failure.
 *
 * @example by('service', pipe(movingTimeWindow('1m'), smap(folds.mean), …))
 */
export function movingTimeWindow(
  duration: Duration,
  options: WindowOptions = {},
): OperatorFunction<Event, readonly Event[]> {
  const length = micros(duration)
  onlyMembers('movingTimeWindow', options, ['max'])
  const max = whole('movingTimeWindow', 'max', options.max ?? 10_000, 1)
  return step<Event, readonly Event[], State>('movingTimeWindow', [duration, options], {
    version: 2,
    init: () => ({ horizon: 0, mixed: 0, events: emptyList() }),
    held: ({ horizon, events }) => ({ horizon, events: copyOf(events) }),
    event(state, event, context) {
      const { events } = state
      const horizon = Math.max(state.horizon, event.time - length)
      if (event.time <= horizon) return state
      const isOld = ({ time }: Event) => time <= horizon
      if (state.mixed <= horizon) dropWhile(events, isOld)
      else if (horizon > state.horizon) dropAll(events, isOld)
      append(events, event)
      if (sizeOf(events) > max) {
        dropFirst(events, 1)
        context.failed(`more than ${max} events in one window; the oldest was left out`)
      }
      context.emit(copyOf(events))
      const latest = horizon + length
      return { horizon, mixed: event.time < latest ? latest : state.mixed, events }
    },
  })
}
