import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { VirtualClock } from '../clock.fixture.ts'
import { Latencies } from './latencies.ts'
import { createMeters, type MeterOptions } from './meters.ts'
import { RecordingSender } from './sender.fixture.ts'

function reporting(options: MeterOptions = {}) {
  const client = new RecordingSender()
  const clock = new VirtualClock()
  const stopwatch = () => clock.now() / 1e6
  return { client, clock, meters: createMeters(client, { clock, stopwatch, ...options }) }
}

describe('a report', () => {
  test('comes every few seconds, as one message', () => {
    const { client, clock, meters } = reporting({ event: { host: 'app', tags: ['orders'] } })
    meters.counter('paid').add()
    meters.counter('failed')
    clock.advance(20_000)
    const common = { state: 'ok', ttl: 30, host: 'app', tags: ['orders'] }
    expect(client.sent).toEqual([
      [
        { ...common, service: 'paid', metric: 1 },
        { ...common, service: 'failed', metric: 0 },
      ],
      [
        { ...common, service: 'paid', metric: 0 },
        { ...common, service: 'failed', metric: 0 },
      ],
    ])
    meters.counter('paid').add(2)
    meters.close()
    clock.advance(60_000)
    expect(client.sent).toHaveLength(3)
    expect(client.report).toEqual({ paid: 2, failed: 0 })
  })

  test.each([
    [10, 25, 2.5],
    [4, 1, 0.25],
  ])('has rates a second: in %d s %d are %d', (every, count, rate) => {
    const { client, clock, meters } = reporting({ every })
    meters.rate('requests').add(count)
    clock.advance(every * 1000)
    expect(client.report).toEqual({ requests: rate })
  })

  test('has gauges as they were set last, or as they are read', () => {
    const { client, meters } = reporting()
    meters.gauge('set').set(1)
    meters.gauge('set').set(2n ** 60n)
    let length = 3
    meters.gauge('read', () => length)
    meters.gauge('not yet')
    length = 4
    meters.flush()
    expect(client.report).toEqual({ set: 2n ** 60n, read: 4, 'not yet': undefined })
  })

  test('has quantiles, and none where nothing took any time', () => {
    const { client, meters } = reporting()
    for (let ms = 1; ms <= 1000; ms++) meters.durations('query').record(ms / 1000)
    meters.flush()
    const report = Object.entries(client.report)
    expect(report.map(([service, metric]) => [service, Number(metric).toFixed(1)])).toEqual([
      ['query/p50', '0.5'],
      ['query/p95', '1.0'],
      ['query/p99', '1.0'],
      ['query/max', '1.0'],
    ])
    meters.flush()
    expect(new Set(Object.values(client.report))).toEqual(new Set([undefined]))
  })

  test('has what is collected, and goes on where that throws', () => {
    const { client, meters } = reporting()
    const remove = meters.collect(() => [{ service: 'own', metric: 1, state: 'warning' }])
    meters.collect(() => {
      throw new Error('broken')
    })
    meters.gauge('throws', () => {
      throw new Error('broken too')
    })
    meters.flush()
    expect(client.events).toMatchObject([
      { service: 'meters/failed', state: 'warning', description: 'Error: broken too' },
      { service: 'own', state: 'warning' },
      { service: 'meters/failed', description: 'Error: broken' },
    ])
    remove()
    meters.flush()
    expect(client.report).not.toHaveProperty('own')
  })

  test('has so many services at most, and says how many it refused', () => {
    const { client, meters } = reporting({ limit: 2 })
    for (const service of ['a', 'b', 'c', 'd']) meters.counter(service).add()
    meters.flush()
    expect(client.report).toEqual({ a: 1, b: 1, 'meters/refused': 2 })
  })
})

test('a quantile is within 1 % of the true one, from a microsecond to an hour', () => {
  const seconds = fc.double({ min: 1e-6, max: 3600, noNaN: true })
  fc.assert(
    fc.property(fc.array(seconds, { minLength: 1, maxLength: 200 }), (durations) => {
      const latencies = new Latencies('s')
      for (const duration of durations) latencies.record(duration)
      const sorted = durations.toSorted((a, b) => a - b)
      for (const { service, metric } of latencies.take()) {
        const share = service === 's/max' ? 100 : Number(/\d+$/.exec(service ?? '')?.[0])
        const truth = sorted[Math.max(0, Math.floor((share / 100) * sorted.length + 0.5) - 1)] ?? 0
        expect(Math.abs(Number(metric) - truth)).toBeLessThanOrEqual(truth / 100 + 2e-6)
      }
    }),
  )
})

test.each([Number.NaN, -1, Number.POSITIVE_INFINITY, 1e9])('a duration of %d hurts nobody', (duration) => {
  const latencies = new Latencies('s')
  latencies.record(duration)
  for (const { metric } of latencies.take()) expect(metric).toBeLessThanOrEqual(3650)
})
