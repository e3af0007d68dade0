import type { OperatorFunction } from 'rxjs'
import { step } from '../rules/step.ts'
import { whole } from './parameters.ts'

/**
 * Hands on every `count` events as a list, each event once (Riemann's `fixed-event-window`).
 *
 * Counted by arrival: times, expired events and missing metrics play no part, and a list counts as one value. A list
 * that is not full waits for ever; `batch` also hands on what came within a time. With a `count` of 0 nothing ever
 * comes out. It keeps at most `count` values.
 *
 * @example pipe(fixedEventWindow(100), smap(folds.maximum), …)
 */
export function fixedEventWindow<T>(count: number): OperatorFunction<T, readonly T[]> {
  const size = whole('fixedEventWindow', 'count', count, 0)
  return step<T, readonly T[], T[]>('fixedEventWindow', [count], {
    init: () => [],
    event(window, value, context) {
      if (size === 0) return window
      // Changed in place: copying it for each event would cost the window.
      window.push(value)
      if (window.length < size) return window
      context.emit(window)
      return []
    },
  })
}
