import type { MonoTypeOperatorFunction } from 'rxjs'
import type { Event } from 'weir-protocol'
import { type Duration, micros } from '../clock/duration.ts'
import { step } from '../rules/step.ts'
import { judging } from './judging.ts'
import { onlyMembers, whole } from './parameters.ts'
import { emptyFit, type Fit, refuseHuge, type SlidingFit, slide, valueAt } from './sliding-fit.ts'
import { meets, type Threshold } from './threshold.ts'

export interface ForecastOptions {
  /** The line goes through the metrics of the last so long. */
  readonly over: Duration
  /** Of how many of them at most, spread evenly; at least 2. Default 120. */
  readonly points?: number
}

interface State {
  /** Changed in place. */
  readonly points: SlidingFit
  /** When the last of them was taken, in microseconds; null before the first. */
  readonly taken: number | null
  /** The line through them; null while they span too little. */
  readonly line: Fit | null
}

/**
 * Foresees a limit: passes each event on with `state` set to `critical` where its metric meets the limit, or where a
 * straight line through the metrics of the last `over` will within `ahead` ("the disk is full in 4 h"); else to `ok`.
 *
 * What is critical also has the attribute `due-in`: in how many seconds the limit is met, `0` where it is. The line is by
 * least squares, by the hub's clock, from arrivals. It goes through at most `points` metrics, of which each is taken
 * `over / points` or more after the one before; between these the line is read on. While they span less than half of
 * `over`, only the metric itself is judged. Events without a metric are dropped; an expired one passes unchanged and
 * changes nothing. A metric beyond 1e100 is refused. It keeps `points` points.
 *
 * @example by(['host', 'service'], pipe(forecast(atLeast(100), '4h', { over: '6h' }), alert({ … })))
 */
export function forecast(
  limit: Threshold,
  ahead: Duration,
  options: ForecastOptions,
): MonoTypeOperatorFunction<Event> {
  const distance = micros(ahead)
  onlyMembers('forecast', options, ['over', 'points'])
  const length = micros(options.over)
  const size = whole('forecast', 'points', options.points ?? 120, 2)
  const apart = length / size
  const extended = (points: SlidingFit, time: number, metric: number): State => {
    const line = slide(points, { time, metric }, size, time - length)
    return { points, taken: time, line: time - line.from < length / 2 ? null : line }
  }
  /** In how many microseconds the limit is met; undefined where it is not within `ahead`. */
  const due = (metric: number, line: Fit | null, now: number): number | undefined => {
    if (meets(limit, metric)) return 0
    const then = line === null ? undefined : valueAt(line, now + distance)
    if (line === null || then === undefined || !meets(limit, then)) return undefined
    const here = valueAt(line, now) ?? then
    return meets(limit, here) ? 0 : ((limit.limit - here) / (then - here)) * distance
  }
  return step<Event, Event, State>('forecast', [limit, ahead, options], {
    version: 2,
    init: () => ({ points: emptyFit(), taken: null, line: null }),
    event: judging((state, metric, event, context) => {
      refuseHuge(metric)
      const { now } = context
      const next =
        state.taken === null || now - state.taken >= apart ? extended(state.points, now, metric) : state
      const rest = due(metric, next.line, now)
      context.emit(
        rest === undefined
          ? { ...event, state: 'ok' }
          : {
              ...event,
              state: 'critical',
              attributes: { ...event.attributes, 'due-in': `${Math.round(rest / 1e6)}` },
            },
      )
      return next
    }),
  })
}
