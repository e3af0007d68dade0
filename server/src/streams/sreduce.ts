import type { MonoTypeOperatorFunction, OperatorFunction } from 'rxjs'
import { step } from '../rules/step.ts'

/** A list of none or one, as JSON data. */
type Accumulated<Acc> = readonly Acc[]

/**
 * Puts what came so far and each value together, and passes the result (Riemann's `sreduce`; RxJS's `scan`, but saved).
 *
 * With `start` it passes a result for every value; without, the first value is what came so far and is not passed.
 * What it keeps has to be JSON data, and must not grow with every event. The function must be pure; where it throws, that
 * value is dropped, counted, and what came so far stays.
 *
 * @example sreduce((most, event: Event) => ((event.metric ?? 0) > (most.metric ?? 0) ? event : most))
 * @example sreduce((count, _event: Event) => count + 1, 0)
 */
export function sreduce<T>(combine: (before: T, value: T) => T): MonoTypeOperatorFunction<T>
export function sreduce<In, Acc>(
  combine: (before: Acc, value: In) => Acc,
  start: Acc,
): OperatorFunction<In, Acc>
export function sreduce<T>(
  combine: (before: T, value: T) => T,
  ...start: readonly T[]
): MonoTypeOperatorFunction<T> {
  return step<T, T, Accumulated<T>>('sreduce', start, {
    init: () => start,
    event(state, value, context) {
      if (state.length === 0) return [value]
      const [before] = state as readonly [T]
      const next = combine(before, value)
      context.emit(next)
      return [next]
    },
  })
}
