import type { OperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { type Duration, micros } from '../clock/duration.ts'
import { step } from '../rules/step.ts'
import type { WindowOptions } from './moving-time-window.ts'
import { onlyMembers, whole } from './parameters.ts'

/** An event far ahead of the one before would otherwise make a list for each window in between, without end. */
export const EMPTY_LIMIT = 1000

interface State {
  /** When the present window began, by the events' own times; null before the first event. */
  readonly start: number | null
  readonly events: Event[]
}

/** Windows that follow each other by the events' own times, the first one beginning where `startOf` says for the first event. */
export function successiveWindows(
  name: string,
  duration: Duration,
  options: WindowOptions,
  startOf: (time: number, length: number) => number,
): OperatorFunction<Event, readonly Event[]> {
  const length = micros(duration)
  onlyMembers(name, options, ['max'])
  const max = whole(name, 'max', options.max ?? 10_000, 1)
  return step<Event, readonly Event[], State>(name, [duration, options], {
    init: () => ({ start: null, events: [] }),
    event(state, event, context) {
      const start = state.start ?? startOf(event.time, length)
      if (event.time < start) return state
      const windows = Math.floor((event.time - start) / length)
      if (windows === 0) {
        if (state.events.length >= max)
          throw new Error(`more than ${max} events in one window; the newest was dropped`)
        // Changed in place: copying it for each event would cost the window.
        state.events.push(event)
        return state.start === null ? { start, events: state.events } : state
      }
      context.emit(state.events)
      for (let n = 1; n < Math.min(windows, EMPTY_LIMIT + 1); n++) context.emit([])
      if (windows > EMPTY_LIMIT + 1)
        context.failed(`an event ${windows} windows later; only ${EMPTY_LIMIT} empty ones were handed on`)
      return { start: start + windows * length, events: [event] }
    },
  })
}
