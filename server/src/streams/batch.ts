import type { OperatorFunction } from 'rxjs'
import { type Duration, micros } from '../clock/duration.ts'
import { WeirError } from '../errors.ts'
import { step } from '../rules/step.ts'

interface State<T> {
  /** When the windows began, in microseconds. */
  readonly start: number
  /** Only ever added to, as the last thing that an event does: a copy for each event would cost as much as the list is long. */
  readonly held: T[]
}

/**
 * Gathers values into lists: one is passed when `count` have come together, and what is there when a window of
 * `duration` ends (Riemann's `batch`). Windows follow each other from when the rule, or the group of a `by`, began; a list
 * that is full does not move them. A window without values passes nothing. State: fewer than `count` values.
 *
 * @example pipe(batch(100, '10s'), map((events) => events.length))
 */
export function batch<T>(count: number, duration: Duration): OperatorFunction<T, readonly T[]> {
  if (!Number.isInteger(count) || count < 1)
    throw new WeirError('WEIR_RULE_INVALID', {
      rule: 'batch',
      problem: `its size has to be a whole number above 0, not ${count}`,
    })
  const length = micros(duration)
  return step<T, readonly T[], State<T>>('batch', [count, duration], {
    eager: true,
    init: (now) => ({ start: now, held: [] }),
    event(state, value, context) {
      const { start, held } = state
      if (held.length + 1 >= count) {
        context.sleep()
        context.emit([...held, value])
        return { start, held: [] }
      }
      if (held.length === 0) {
        const windows = Math.floor((context.now - start) / length)
        context.wakeAt(start + (windows + 1) * length)
      }
      held.push(value)
      return state
    },
    timer({ start, held }, context) {
      context.emit(held)
      return { start, held: [] }
    },
  })
}
