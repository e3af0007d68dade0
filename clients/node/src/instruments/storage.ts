import type { Meters } from './meters.ts'
import { observed } from './time.ts'

export interface MeasuredOptions<A extends unknown[], R> {
  /** How many bytes a call has read or written, from what it gave and its arguments; reported as `SERVICE/bytes`, a second. */
  readonly bytes?: ((result: Awaited<R>, ...args: A) => number) | undefined
}

/**
 * A function that does the same and is measured: a query, a read or a write, synchronous or not. Reports `SERVICE/rate`
 * and `SERVICE/errors` (a second) and `SERVICE/latency/p50`, `p95`, `p99`, `max` (seconds).
 *
 * @example
 * const read = measured(meters, 'disk/read', (file: string) => readFile(file), { bytes: (content) => content.length })
 */
export function measured<A extends unknown[], R>(
  meters: Meters,
  service: string,
  run: (...args: A) => R,
  { bytes }: MeasuredOptions<A, R> = {},
): (...args: A) => R {
  const rate = meters.rate(`${service}/rate`)
  const errors = meters.rate(`${service}/errors`)
  const latency = meters.durations(`${service}/latency`)
  const throughput = bytes === undefined ? undefined : meters.rate(`${service}/bytes`)
  return function (this: unknown, ...args: A): R {
    const began = meters.stopwatch()
    const count = (result: Awaited<R>) => {
      const size = bytes?.(result, ...args) ?? 0
      if (Number.isFinite(size)) throughput?.add(size)
    }
    return observed(
      () => run.apply(this, args),
      (end) => {
        rate.add()
        latency.record(meters.stopwatch() - began)
        if ('error' in end) errors.add()
        else count(end.result)
      },
    )
  }
}
