import { type Clock, machineClock, machineStopwatch, type Stopwatch } from '../clock.ts'
import type { EventInput } from '../event-input.ts'
import { Latencies } from './latencies.ts'
import { repeat } from './repeat.ts'
import type { Sender } from './sender.ts'

export interface MeterOptions {
  /** Seconds between two reports. Default: 10. */
  readonly every?: number | undefined
  /** What else all events have: host, tags, attributes; a ttl of three times `every` unless it says otherwise. */
  readonly event?: EventInput | undefined
  /** The most services; further ones are not reported, and `meters/refused` says how many. Default: 1000. */
  readonly limit?: number | undefined
  readonly clock?: Clock | undefined
  readonly stopwatch?: Stopwatch | undefined
}

export interface Counter {
  /** Counts so many more. Default: 1. */
  add(count?: number): void
}

export interface Gauge {
  set(value: number | bigint): void
}

export interface Durations {
  /** How long something took, in seconds. */
  record(seconds: number): void
}

/** Measurements that are gathered here and reported to the hub every few seconds, in one message. */
export interface Meters {
  /** Reports how many there were since the last report. The same service gives the same counter. */
  counter(service: string): Counter
  /** Reports how many there were a second since the last report. */
  rate(service: string): Counter
  /** Reports the value set last or, with `read`, the one that it gives at each report; undefined: nothing. */
  gauge(service: string, read?: () => number | bigint | undefined): Gauge
  /** Reports `SERVICE/p50`, `p95`, `p99` and `max` of the durations since the last report, in seconds. */
  durations(service: string): Durations
  /** Has a function that gives events of its own at each report; the returned one takes it out. */
  collect(read: () => readonly EventInput[]): () => void
  /** Reports now. */
  flush(): void
  /** Reports for the last time. */
  close(): void
  readonly stopwatch: Stopwatch
}

/** A meter as it is kept here: gives the events since the last time, and begins anew. */
interface Reporting {
  take(seconds: number): readonly EventInput[]
}

/**
 * Counters, rates, gauges and durations for one client.
 *
 * @example
 * const meters = createMeters(client, { every: 10 })
 * const paid = meters.counter('orders/paid')
 * meters.gauge('orders/waiting', () => queue.length)
 * paid.add()
 */
export function createMeters(client: Sender, options: MeterOptions = {}): Meters {
  const { every = 10, event, limit = 1000, clock = machineClock, stopwatch = machineStopwatch } = options
  const reporting: Reporting[] = []
  const collectors = new Set<() => readonly EventInput[]>()
  let refused = 0
  let before = stopwatch()

  /** The meters of one kind, by service, each made when it is asked for first. */
  const kind = <T extends Reporting>(make: (service: string) => T): ((service: string) => T) => {
    const known = new Map<string, T>()
    return (service) => {
      const existing = known.get(service)
      if (existing !== undefined) return existing
      const meter = make(service)
      if (reporting.length < limit) {
        known.set(service, meter)
        reporting.push(meter)
      } else refused++
      return meter
    }
  }
  const counter = kind((service) => new Count(service, (count) => count))
  const rate = kind((service) => new Count(service, (count, seconds) => (seconds > 0 ? count / seconds : 0)))
  const gauge = kind((service) => new Level(service))
  const durations = kind((service) => new Latencies(service))

  const flush = () => {
    const now = stopwatch()
    const seconds = now - before
    before = now
    const events = [
      ...reporting.flatMap((meter) => taken(() => meter.take(seconds))),
      ...[...collectors].flatMap(taken),
    ]
    if (refused > 0) events.push({ service: 'meters/refused', metric: refused, state: 'warning' })
    void client.send(events.map((one) => ({ state: 'ok', ttl: 3 * every, ...event, ...one })))
  }
  const stop = repeat(clock, every, flush)

  return {
    counter,
    rate,
    gauge(service, read) {
      const meter = gauge(service)
      if (read !== undefined) meter.read = read
      return meter
    },
    durations,
    collect(read) {
      collectors.add(read)
      return () => void collectors.delete(read)
    },
    flush,
    close() {
      stop()
      flush()
    },
    stopwatch,
  }
}

class Count implements Counter, Reporting {
  readonly #service: string
  readonly #metricOf: (count: number, seconds: number) => number
  #count = 0

  constructor(service: string, metricOf: (count: number, seconds: number) => number) {
    this.#service = service
    this.#metricOf = metricOf
  }

  add(count = 1): void {
    this.#count += count
  }

  take(seconds: number): readonly EventInput[] {
    const metric = this.#metricOf(this.#count, seconds)
    this.#count = 0
    return [{ service: this.#service, metric }]
  }
}

class Level implements Gauge, Reporting {
  readonly #service: string
  read: () => number | bigint | undefined = () => undefined

  constructor(service: string) {
    this.#service = service
  }

  set(value: number | bigint): void {
    this.read = () => value
  }

  take(): readonly EventInput[] {
    return [{ service: this.#service, metric: this.read() }]
  }
}

/** What an application's function gives; where it throws, an event that says so. */
function taken(read: () => readonly EventInput[]): readonly EventInput[] {
  try {
    return read()
  } catch (error) {
    return [{ service: 'meters/failed', state: 'warning', description: String(error) }]
  }
}
