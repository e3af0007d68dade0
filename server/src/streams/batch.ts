import type { OperatorFunction } from 'rxjs'
import { type Duration, micros } from '../clock/duration.ts'
import { step } from '../rules/step.ts'
import { whole } from './parameters.ts'

interface State<T> {
  /** When a window began, in microseconds; not that of the first value that waits. */
  readonly start: number
  readonly held: T[]
}

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
  const length = micros(duration)
  return step<T, readonly T[], State<T>>('batch', [count, duration], {
    eager: true,
    init: (now) => ({ start: now, held: [] }),
    event(state, value, context) {
      const start = state.start + Math.floor((context.now - state.start) / length) * length
      // Changed in place: copying it for each value would cost the list.
      state.held.push(value)
      if (state.held.length < size) {
        if (state.held.length === 1) context.wakeAt(start + length)
        return { start, held: state.held }
      }
      context.sleep()
      context.emit(state.held)
      return { start, held: [] }
    },
    timer(state, context) {
      context.emit(state.held)
      return { start: context.now, held: [] }
    },
  })
}
