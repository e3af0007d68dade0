import { createHistogram } from 'node:perf_hooks'
import type { EventInput } from '../event-input.ts'

/** The longest that is told apart: an hour, in microseconds. */
const LONGEST = 3_600_000_000

export const QUANTILES = [50, 95, 99] as const

/** Durations of an interval, and their quantiles, to about 1 %, in some 30 KB however many there are. */
export class Latencies {
  readonly #service: string
  readonly #histogram = createHistogram({ lowest: 1, highest: LONGEST, figures: 2 })

  constructor(service: string) {
    this.#service = service
  }

  /** @param seconds How long something took. */
  record(seconds: number): void {
    const micros = Math.round(seconds * 1e6)
    this.#histogram.record(Math.min(LONGEST, Math.max(1, Number.isFinite(micros) ? micros : 1)))
  }

  /** The quantiles and the maximum since the last call, in seconds; without a metric where there was nothing. */
  take(): readonly EventInput[] {
    const histogram = this.#histogram
    const none = histogram.count === 0
    const seconds = (micros: number) => (none ? undefined : micros / 1e6)
    const events = [
      ...QUANTILES.map((p) => ({
        service: `${this.#service}/p${p}`,
        metric: seconds(Math.min(histogram.max, histogram.percentile(p))),
      })),
      { service: `${this.#service}/max`, metric: seconds(histogram.max) },
    ]
    histogram.reset()
    return events
  }
}
