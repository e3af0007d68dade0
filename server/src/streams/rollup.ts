import type { OperatorFunction } from 'rxjs'
import { type Duration, micros } from '../clock/duration.ts'
import { step } from '../rules/step.ts'
import { whole } from './parameters.ts'

interface State<T> {
  /** When the present window began, in microseconds. */
  readonly start: number
  /** How many lists were passed in this window. */
  readonly passed: number
  /** Whether the one that was passed is the list of the window before, and no value has come since. */
  readonly carried: boolean
  readonly held: T[]
}

export interface RollupOptions {
  /** How many values may be held until a window ends; beyond it the newest are dropped, counted as a failure. Default 1,000. */
  readonly max?: number
}

/**
 * Passes the first `count` values of each window of `duration` at once, each as a list of one, and the rest together
 * as one list when the window ends; that list counts as one of the next window that has values (Riemann's `rollup`).
 * Windows follow each other from when the rule, or the group of a `by`, began.
 *
 * @example rollup(3, '1h')
 */
export function rollup<T>(
  count: number,
  duration: Duration,
  options: RollupOptions = {},
): OperatorFunction<T, readonly T[]> {
  const length = micros(duration)
  const max = whole('rollup', 'max', options.max ?? 1000, 1)
  return step<T, readonly T[], State<T>>('rollup', [count, duration, options], {
    eager: true,
    init: (now) => ({ start: now, passed: 0, carried: false, held: [] }),
    event(state, value, context) {
      // While something is held a window ends by its timer: what another timer hands on at its very end is still in it.
      const windows = state.held.length > 0 ? 0 : Math.floor((context.now - state.start) / length)
      const start = state.start + windows * length
      const passed = windows > 0 && !state.carried ? 0 : state.passed
      if (passed < count) {
        context.emit([value])
        return { start, passed: passed + 1, carried: false, held: state.held }
      }
      if (state.held.length >= max)
        throw new Error(`more than ${max} values in one window; the newest was dropped`)
      if (state.held.length === 0) context.wakeAt(start + length)
      // Changed in place: copying it for each value would cost the list.
      state.held.push(value)
      return { start, passed, carried: false, held: state.held }
    },
    timer(state, context) {
      context.emit(state.held)
      return { start: context.now, passed: 1, carried: true, held: [] }
    },
  })
}
