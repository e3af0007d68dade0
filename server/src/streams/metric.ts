import type { Event } from 'weir-protocol'

/** The metric of an event where it is a number that can be reckoned with: neither missing nor NaN nor infinite. */
export function metricOf({ metric }: Event): number | undefined {
  return metric !== undefined && Number.isFinite(metric) ? metric : undefined
}

/** The number, or a RangeError where it is none: a state must not hold it, since JSON can't. */
export function finite(result: number): number {
  if (Number.isFinite(result)) return result
  throw new RangeError(`the result, ${result}, is no number that can be kept`)
}
