import type { MonoTypeOperatorFunction } from 'rxjs'
import { type Event, isExpired } from 'weir-protocol'
import { step } from '../rules/step.ts'
import { invalid } from './parameters.ts'
import { meets, type Threshold } from './threshold.ts'

/**
 * Judges the metric by two thresholds: passes each event on with `state` set to `critical` once it has met `raise`, and
 * to `ok` again only once it has met `clear`. In between it stays what it was; at first it is `ok`.
 *
 * So a metric that plays around one limit makes one alert, not many. Events without a metric are dropped. An expired
 * event passes unchanged and changes nothing. A reload that changes the thresholds goes on from what was said last.
 * Thresholds in the same direction, or ones that a metric could meet both of, are WEIR_RULE_INVALID.
 *
 * @example by('host', pipe(hysteresis(atLeast(90), below(80)), alert({ … })))
 */
export function hysteresis(raise: Threshold, clear: Threshold): MonoTypeOperatorFunction<Event> {
  refuseOverlap(raise, clear)
  return step<Event, Event, boolean>('hysteresis', [raise, clear], {
    anyParams: true,
    init: () => false,
    event(raised, event, context) {
      if (isExpired(event)) {
        context.emit(event)
        return raised
      }
      if (event.metric === undefined || Number.isNaN(event.metric)) return raised
      const now = raised ? !meets(clear, event.metric) : meets(raise, event.metric)
      context.emit({ ...event, state: now ? 'critical' : 'ok' })
      return now
    },
  })
}

const isUpper = ({ kind }: Threshold) => kind === 'above' || kind === 'atLeast'

function refuseOverlap(raise: Threshold, clear: Threshold): void {
  const [upper, lower] = isUpper(raise) ? [raise, clear] : [clear, raise]
  const opposite = isUpper(upper) && !isUpper(lower)
  const both = upper.limit === lower.limit ? meets(upper, upper.limit) && meets(lower, lower.limit) : false
  if (opposite && upper.limit >= lower.limit && !both) return
  throw invalid(
    'hysteresis',
    'one threshold has to be above or atLeast, the other one below or atMost with a lower limit, ' +
      `as in hysteresis(atLeast(90), below(80)); they are ${raise.kind}(${raise.limit}), ${clear.kind}(${clear.limit})`,
  )
}
