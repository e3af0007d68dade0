import type { OperatorFunction } from 'rxjs'
import type { Duration } from '../clock/duration.ts'
import { calendarWindows } from './calendar-windows.ts'
import { whole } from './parameters.ts'

/**
 * Collects values and hands them on as a list: when there are `count`, and what is left at the end of each window of
 * `duration` (Riemann's `batch`).
 *
 * By the hub's clock, from arrivals: windows follow each other from when the rule, or the group of a `by`, began, so
 * that a value waits at most `duration`, and mostly less; a full list does not begin a new window. Windows in which
 * nothing waits hand on nothing. A value at the very end of a window falls into the next one. Expired events are
 * ordinary values, and a list counts as one. A window ends when it ends, even while the hub could not listen. With a `count` of 0, as
 * with 1, each is handed on at once. It keeps less than `count` values.
 *
 * @example pipe(batch(100, '1s'), …)
 */
export function batch<T>(count: number, duration: Duration): OperatorFunction<T, readonly T[]> {
  const size = whole('batch', 'count', count, 0)
  // Emptied only when it has been handed on: an explanation of that shows what was held.
  const flush = (held: T[], emit: (list: readonly T[]) => void) => {
    emit([...held])
    held.length = 0
  }
  return calendarWindows<T[], readonly T[], T>(
    'batch',
    [count, duration],
    duration,
    {
      reset: () => [],
      add(held, value) {
        // Changed in place: copying it for each value would cost the list.
        held.push(value)
        return held
      },
      each(held, _, emit) {
        if (held.length >= size) flush(held, emit)
      },
      finish(held, _, emit) {
        if (held.length > 0) flush(held, emit)
      },
    },
    2,
  )
}
