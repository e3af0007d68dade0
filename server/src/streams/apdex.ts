import { type MonoTypeOperatorFunction, pipe } from 'rxjs'
import type { Event } from 'weir-protocol'
import type { Duration } from '../clock/duration.ts'
import { type When, whenTest } from '../rules/match.ts'
import { calendarWindows } from './calendar-windows.ts'
import { notExpired } from './not-expired.ts'

interface Counts {
  readonly satisfied: number
  readonly tolerated: number
  readonly total: number
  readonly last: Event | null
}

/**
 * Hands on, at the end of each window of `duration`, the Apdex of its events: those that satisfy, and half of those that
 * are tolerated, as a part of all (Riemann's `apdex` and `apdex*`).
 *
 * Both are a match as in `where`, or a predicate. What satisfies is not asked whether it is tolerated; an event that
 * does neither counts as 0. It is the last event of the window with the Apdex as metric, and its own time. Expired
 * events are left out, and a window without others hands on nothing. A metric is needed only where the tests need one.
 *
 * By the hub's clock, from arrivals: windows follow each other from when the rule, or the group of a `by`, began.
 *
 * @example by('service', apdex('1m', (event) => (event.metric ?? 9) <= 0.5, (event) => (event.metric ?? 9) <= 2))
 */
export function apdex(duration: Duration, satisfied: When, tolerated: When): MonoTypeOperatorFunction<Event> {
  const satisfies = whenTest(satisfied)
  const tolerates = whenTest(tolerated)
  return pipe(
    notExpired(),
    calendarWindows<Counts, Event>('apdex', [duration], duration, {
      reset: () => ({ satisfied: 0, tolerated: 0, total: 0, last: null }),
      add(counts, event) {
        const good = satisfies(event)
        return {
          satisfied: counts.satisfied + (good ? 1 : 0),
          tolerated: counts.tolerated + (!good && tolerates(event) ? 1 : 0),
          total: counts.total + 1,
          last: event,
        }
      },
      finish(counts, _, emit) {
        const metric = (counts.satisfied + counts.tolerated / 2) / counts.total
        if (counts.last !== null) emit({ ...counts.last, metric })
      },
    }),
  )
}
