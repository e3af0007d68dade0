import type { OperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import type { Duration } from '../clock/duration.ts'
import { calendarWindows, type Windows } from './calendar-windows.ts'

/**
 * Collects events in windows of `duration` and hands on what each comes to (Riemann's `part-time-simple`).
 *
 * By the hub's clock, from arrivals: windows follow each other from when the rule, or the group of a `by`, began. The
 * first event of a window has `reset(before)` make what it holds, from what the window before held (null at first); each
 * event goes in by `add`, and `each` may hand something on at once. `finish(held, { start, end }, emit)` is called at the
 * window's end, and only for windows into which something came; start and end are microseconds. Expired events are
 * ordinary ones. A window ends when it ends, even while the hub could not listen.
 *
 * What it holds is JSON data; how large that gets is up to `add`. A throw of `reset`, `add` or `each` drops that event,
 * one of `finish` what it would have handed on; all are counted.
 *
 * @example
 * partTimeSimple('1h', {
 *   reset: () => 0,
 *   add: (most, event) => Math.max(most, event.metric ?? 0),
 *   finish: (most, { end }, emit) => emit(makeEvent({ service: 'most', metric: most, time: end })),
 * })
 */
export function partTimeSimple<Held, Out>(
  duration: Duration,
  windows: Windows<Held, Out>,
): OperatorFunction<Event, Out> {
  return calendarWindows('partTimeSimple', [duration], duration, windows)
}
