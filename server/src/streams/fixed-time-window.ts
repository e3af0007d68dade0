import type { OperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import type { Duration } from '../clock/duration.ts'
import type { WindowOptions } from './moving-time-window.ts'
import { successiveWindows } from './successive-windows.ts'

/**
 * Hands on the events of each stretch of `duration` as a list, each event once (Riemann's `fixed-time-window`).
 *
 * By the events' own times: the first window begins at the time of the first event, the others follow. A window
 * contains its start and not its end. It is handed on by the first event at or after its end, and never by the clock:
 * the last window of a stream that stops stays open. Windows in which nothing happened are handed on as empty lists, at
 * most 1,000 in a row. An event older than the open window is dropped. Expired events are ordinary ones. Of more than
 * `max` events the newest are dropped, which counts as a failure.
 *
 * @example pipe(fixedTimeWindow('1m'), smap(folds.count), …)
 */
export function fixedTimeWindow(
  duration: Duration,
  options: WindowOptions = {},
): OperatorFunction<Event, readonly Event[]> {
  return successiveWindows('fixedTimeWindow', duration, options, (time) => time)
}
