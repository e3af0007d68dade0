import type { OperatorFunction } from 'rxjs'
import type { Duration } from '../clock/duration.ts'
import { calendarWindows } from './calendar-windows.ts'
import { onlyMembers, whole } from './parameters.ts'

interface Rolled<T> {
  /** How many values came in this window, more than pass where any is held; at the beginning one, if that was so in the one before. */
  readonly came: number
  /** Changed in place. */
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
  onlyMembers('rollup', options, ['max'])
  const max = whole('rollup', 'max', options.max ?? 1000, 1)
  return calendarWindows<Rolled<T>, readonly T[], T>(
    'rollup',
    [count, duration, options],
    duration,
    {
      reset: (before) => ({ came: before !== null && before.came > count ? 1 : 0, held: [] }),
      add({ came, held }, value) {
        if (came < count) return { came: came + 1, held }
        if (held.length >= max)
          throw new Error(`more than ${max} values in one window; the newest was dropped`)
        // Copying it for each value would cost the list.
        held.push(value)
        return { came: Math.max(came, count) + 1, held }
      },
      each({ came }, value, emit) {
        if (came <= count) emit([value])
      },
      finish({ held }, _, emit) {
        if (held.length > 0) emit([...held])
        // Only now: an explanation of what is handed on shows what was held.
        held.length = 0
      },
    },
    2,
  )
}
