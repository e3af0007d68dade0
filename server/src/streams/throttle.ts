import type { MonoTypeOperatorFunction } from 'rxjs'
import { type Duration, micros } from '../clock/duration.ts'
import { step } from '../rules/step.ts'

interface State {
  /** When the present window began, in microseconds. */
  readonly start: number
  readonly passed: number
}

/**
 * Passes the first `count` values of each window of `duration` and drops the rest (Riemann's `throttle`).
 * Windows follow each other from when the rule, or the group of a `by`, began; a list counts as one value.
 *
 * @example throttle(5, '1m')
 */
export function throttle<T>(count: number, duration: Duration): MonoTypeOperatorFunction<T> {
  const length = micros(duration)
  return step<T, T, State>('throttle', [count, duration], {
    eager: true,
    init: (now) => ({ start: now, passed: 0 }),
    event(state, value, context) {
      const windows = Math.floor((context.now - state.start) / length)
      const passed = windows > 0 ? 0 : state.passed
      const start = state.start + windows * length
      if (passed >= count) return state
      context.emit(value)
      return { start, passed: passed + 1 }
    },
  })
}
