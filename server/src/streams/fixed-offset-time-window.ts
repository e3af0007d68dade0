import type { OperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import type { Duration } from '../clock/duration.ts'
import type { WindowOptions } from './moving-time-window.ts'
import { successiveWindows } from './successive-windows.ts'

/**
 * As `fixedTimeWindow`, but windows begin at multiples of `duration` since the epoch: those of `'1m'` at full minutes,
 * those of `'1h'` at full hours of UTC (Riemann's `fixed-offset-time-window`).
 *
 * By the events' own times, and never handed on by the clock; see `fixedTimeWindow`.
 *
 * @example pipe(fixedOffsetTimeWindow('1h'), smap(folds.maximum), …)
 */
export function fixedOffsetTimeWindow(
  duration: Duration,
  options: WindowOptions = {},
): OperatorFunction<Event, readonly Event[]> {
  return successiveWindows(
    'fixedOffsetTimeWindow',
    duration,
    options,
    (time, length) => Math.floor(time / length) * length,
  )
}
