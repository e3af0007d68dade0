import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeMsg, type Event, encodeMsg } from 'weir-protocol'
import { z } from 'zod'
import { WeirError } from '../errors.ts'
import { mapCollectd } from './collectd.ts'

const sample = (path: string): string =>
  readFileSync(new URL(`../../../test/samples/collectd/${path}`, import.meta.url), 'utf8')

/** The value of a full disk, changed as a test says. */
const value = (changes: Readonly<Record<string, unknown>> = {}) => ({
  values: [9.5],
  dstypes: ['gauge'],
  dsnames: ['value'],
  time: 1795310424.847,
  interval: 10,
  host: 'db-1',
  plugin: 'df',
  plugin_instance: 'root',
  type: 'percent_bytes',
  type_instance: 'free',
  ...changes,
})

const map = (...elements: unknown[]) => mapCollectd(JSON.stringify(elements))

/** What the recordings of write_riemann hold, without what its configuration there added. */
const recorded = z
  .array(
    z.object({
      service: z.string(),
      host: z.string(),
      state: z.string().optional(),
      tags: z.array(z.string()).transform((tags) => tags.filter((tag) => tag === 'notification')),
      metricD: z.union([z.number(), z.string()]).optional(),
      timeMicros: z.coerce.number(),
      attributes: z
        .array(z.object({ key: z.string(), value: z.string() }))
        .transform((pairs) =>
          Object.fromEntries(
            pairs.filter(({ key }) => key !== 'rack' && key !== 'role').map(({ key, value }) => [key, value]),
          ),
        ),
    }),
  )
  .parse(JSON.parse(sample('write_riemann_tcp/distinct-events.json')))

/** An attribute object as any other, for comparing. */
const plain = (event: Event) => ({ ...event.attributes })

describe('a value', () => {
  test('has the service and attributes of write_riemann, its time in microseconds, twice its interval as ttl', () => {
    expect(map(value())).toEqual({
      events: [
        {
          host: 'db-1',
          service: 'df-root/percent_bytes-free',
          metric: 9.5,
          time: 1795310424847000,
          ttl: 20,
          tags: [],
          attributes: {
            plugin: 'df',
            type: 'percent_bytes',
            ds_name: 'value',
            plugin_instance: 'root',
            type_instance: 'free',
            ds_type: 'gauge',
            ds_index: '0',
          },
        },
      ],
      skipped: 0,
      rejected: [],
      rejectedCount: 0,
    })
  })

  test('of several gets its name behind the service; one that is null is skipped', () => {
    const load = { plugin: 'load', plugin_instance: '', type: 'load', type_instance: null, host: '' }
    const lists = {
      values: [0, null, 0.35],
      dstypes: Array(3).fill('gauge'),
      dsnames: ['short', 'mid', 'long'],
    }
    const { events, skipped } = map(value({ ...load, ...lists }))
    expect(
      events.map(({ host, service, metric, attributes }) => [host, service, metric, attributes.ds_index]),
    ).toEqual([
      ['', 'load/load/short', 0, '0'],
      ['', 'load/load/long', 0.35, '2'],
    ])
    expect(skipped).toBe(1)
    expect(plain(events[0] ?? expect.fail())).not.toHaveProperty('plugin_instance')
  })

  test.each([
    ['gauge', true, 'gauge'],
    ['gauge', false, 'gauge'],
    ['derive', true, 'derive:rate'],
    ['derive', false, 'derive'],
    ['counter', true, 'counter:rate'],
    ['absolute', true, 'absolute:rate'],
  ])('of type %s with storeRates %s is %s', (dstype, storeRates, expected) => {
    const { events } = mapCollectd(JSON.stringify([value({ dstypes: [dstype] })]), { storeRates })
    expect(events[0]?.attributes.ds_type).toBe(expected)
  })

  test.each([
    ['9223372036854775807', 2 ** 63],
    ['-9223372036854775808', -(2 ** 63)],
    ['1.5e+300', 1.5e300],
    ['-0', -0],
  ])('of %s is taken, and survives the wire', (number, metric) => {
    const { events } = mapCollectd(JSON.stringify([value()]).replace('9.5', number))
    expect(events[0]?.metric).toBe(metric)
    expect(decodeMsg(encodeMsg({ events }), 0).events[0]?.metric).toBe(metric)
  })

  test.each([
    [undefined, undefined],
    [0, undefined],
    [-1, undefined],
    [0.5, 1],
  ])('with the interval %s has the ttl %s', (interval, ttl) => {
    expect(map(value({ interval })).events[0]?.ttl).toBe(ttl)
  })

  test('says nothing of its meta', () => {
    expect(map(value({ meta: { 'network:received': true, team: 'ops' } })).events).toEqual(
      map(value()).events,
    )
  })
})

describe('the recordings', () => {
  const files = ['rates', 'counters', 'percent-direct', 'relayed-with-meta']
  test.each(files)('%s are understood to the last value', (file) => {
    const text = sample(`write_http/write_http-${file}-distinct.json`)
    const values = z.array(z.object({ values: z.array(z.unknown()) })).parse(JSON.parse(text))
    const { events, skipped, rejectedCount } = mapCollectd(text)
    expect(rejectedCount).toBe(0)
    expect(events.length + skipped).toBe(values.flatMap((list) => list.values).length)
    expect(events.length).toBeGreaterThan(40)
  })

  const mapped = mapCollectd(sample('write_http/write_http-rates-distinct.json')).events
  // write_http writes `?` for each byte beyond ASCII, and null for what write_riemann sends as NaN or infinity.
  const comparable = recorded.filter(
    ({ tags, service, metricD }) =>
      tags.length === 0 && !service.includes('ü') && Number.isFinite(Number(metricD)),
  )
  const found = (event: (typeof recorded)[number]) =>
    mapped.filter(({ service, host }) => service === event.service && host === event.host)

  test.each(comparable)('$service has the attributes of write_riemann', (event) => {
    expect(found(event).map(plain)).toContainEqual(event.attributes)
  })

  test('have the metrics and times of write_riemann, to the digits that write_http writes', () => {
    // Not every value was kept in both recordings.
    const pairs = comparable.flatMap((event) => {
      const near = (metric = 0) => Math.abs(metric - Number(event.metricD)) <= 1e-9 * Math.abs(metric)
      const same = found(event).find(({ metric }) => near(metric))
      return same === undefined
        ? []
        : [{ service: same.service, apart: Math.abs(same.time - event.timeMicros) }]
    })
    expect(pairs.filter(({ apart }) => apart > 500)).toEqual([])
    expect(pairs.length).toBeGreaterThan(30)
  })
})

describe('a notification', () => {
  const told = mapCollectd(sample('write_http/write_http-rates-notifications.json'))

  test('of each kind recorded is understood', () => {
    expect(told).toMatchObject({ skipped: 0, rejectedCount: 0 })
    expect(told.events.map(({ state, service }) => `${state} ${service}`)).toEqual([
      'ok df-srv-data-volume-1/percent_bytes-used',
      'warning load/load',
      'ok myapp/gauge-probe',
      'critical myapp/gauge-probe',
      'critical myapp/gauge-probe',
      'critical myapp/gauge-probe',
      'ok /',
      'warning df-srv-data-volume-1/percent_bytes-used',
      'critical df-srv-data-volume-1/percent_bytes-used',
      'ok myapp/gauge-probe',
      'ok df-srv-data-volume-1/percent_bytes-used',
      'critical myapp/gauge-probe',
    ])
  })

  const comparable = recorded.filter(({ tags }) => tags.length > 0)
  test.each(comparable)('$state $service at $timeMicros is the same as by write_riemann', (event) => {
    const same = told.events
      .filter(({ time }) => time === event.timeMicros)
      .find(({ service }) => service === event.service)
    expect(same && { ...same, attributes: plain(same) }).toEqual({
      host: event.host,
      service: event.service,
      state: event.state,
      description: event.attributes.description,
      metric: event.metricD,
      time: event.timeMicros,
      tags: ['notification'],
      attributes: event.attributes,
    })
  })
  test('there are some to compare', () => expect(comparable.length).toBeGreaterThan(6))

  test('keeps what else was noted with it', () => {
    const { events } = mapCollectd(sample('write_http/write_http-percent-direct-notifications.json'))
    expect(events[0]).toMatchObject({ service: '/', description: 'with meta', attributes: { who: 'alice' } })
  })

  const notification = (labels: Readonly<Record<string, string>>, summary = '', severity = 'FAILURE') => ({
    labels: { alertname: 'collectd_', instance: 'web-1', severity, service: 'collectd', ...labels },
    annotations: { summary },
    startsAt: '2026-11-22T01:20:24.846806851Z',
  })

  test.each<[why: string, labels: Record<string, string>, summary: string, service: string]>([
    ['plugin is type', { alertname: 'collectd_load' }, '', 'load/load'],
    ['the type begins with the plugin', { alertname: 'collectd_cpufreq', cpu: '0' }, '', 'cpu/cpufreq-0'],
    ['nothing tells whose instance', { alertname: 'collectd_df_percent', df: 'root' }, '', 'df/percent-root'],
    [
      'the text tells that it is the plugin’s',
      { alertname: 'collectd_interface_if_octets', interface: 'eth0' },
      'Host web-1, plugin interface (instance eth0) type if_octets: Data source "rx" is …',
      'interface-eth0/if_octets',
    ],
    [
      'the text tells that the type has the plugin’s name within',
      { alertname: 'collectd_df_complex', df: 'root', type: 'free' },
      'Host web-1, plugin df (instance root) type df_complex (instance free): All data sources …',
      'df-root/df_complex-free',
    ],
    [
      'the text tells where the plugin ends',
      { alertname: 'collectd_write_http_queue_length' },
      'Host web-1, plugin write_http type queue_length: Data source …',
      'write_http/queue_length',
    ],
    [
      'nothing has come for long',
      { alertname: 'collectd_disk_octets', disk: 'vda' },
      'web-1/disk-vda/disk_octets has not been updated for 22.573 seconds.',
      'disk-vda/disk_octets',
    ],
    ['a text of its own', { alertname: 'collectd_a_b_c' }, 'Host web-1, plugin x type y: no', 'a/b_c'],
    ['neither plugin nor type', {}, 'bare', '/'],
  ])('when %s: %s %s is %s', (_, labels, summary, service) => {
    expect(map(notification(labels, summary)).events[0]?.service).toBe(service)
  })

  test.each([
    ['OKAY', 'ok'],
    ['WARNING', 'warning'],
    ['FAILURE', 'critical'],
    ['UNKNOWN', 'unknown'],
    ['constructor', 'unknown'],
  ])('of severity %s has the state %s', (severity, state) => {
    expect(map(notification({}, '', severity)).events[0]?.state).toBe(state)
  })

  test.each([
    ['of another system', { alertname: 'HighLatency' }, 'labels.alertname: expected collectd_…'],
    ['with a name without end', { alertname: `collectd_${'a_'.repeat(1000)}` }, 'labels.alertname: expected'],
  ])('%s is refused', (_, labels, problem) => {
    expect(map(notification(labels)).rejected).toEqual([
      { index: 0, problem: expect.stringContaining(problem) },
    ])
  })
})

describe('what is broken', () => {
  test('does not spoil the rest, and is told by its place', () => {
    const { events, rejected, rejectedCount } = map(value(), null, value({ host: 7 }), value(), [], 'x')
    expect(events).toHaveLength(2)
    expect(rejectedCount).toBe(4)
    expect(rejected).toEqual([
      { index: 1, problem: 'expected a value list or a notification, received null' },
      { index: 2, problem: 'host: expected string, received number' },
      { index: 4, problem: 'expected a value list or a notification, received an array' },
      { index: 5, problem: 'expected a value list or a notification, received a string' },
    ])
  })

  test.each<[Record<string, unknown>, string]>([
    [{ values: undefined }, 'values: expected array, received undefined'],
    [{ values: ['1'] }, 'values.0: expected number, received string'],
    [{ values: [] }, 'values: Too small: expected array to have >=1 items'],
    [{ values: [1, 2] }, 'values, dstypes and dsnames have different lengths'],
    [{ dstypes: ['guage'] }, 'dstypes.0: Invalid option'],
    [{ time: null }, 'time: expected number, received null'],
    [{ time: 1e300 }, 'time: 1e+300 is not seconds since the epoch'],
    [{ plugin: '' }, 'plugin: Too small'],
    [{ host: 'x'.repeat(256) }, 'host: Too big: expected string to have <=255 characters'],
    [{ labels: 7 }, 'labels: expected record, received number'],
    [{ labels: {}, startsAt: 'yesterday' }, 'labels.alertname: expected collectd_…'],
    [
      { labels: { alertname: 'collectd_x' }, startsAt: 'yesterday' },
      "startsAt: 'yesterday' is not an ISO 8601 time",
    ],
  ])('%j: %s', (changes, problem) => {
    expect(map(value(changes))).toMatchObject({
      events: [],
      rejected: [{ index: 0, problem: expect.stringContaining(problem) }],
    })
  })

  test.each([
    ['', 'the body is not JSON: it is empty'],
    [' \n', 'the body is not JSON: it is empty'],
    ['[{"a":1]', /^the body is not JSON: .*position 7 \(line 1 column 8\)/],
    [
      '{}',
      'the body is an object; expected an array of value lists or notifications, as write_http sends it',
    ],
    ['null', /^the body is null; expected an array/],
    [
      'PUTVAL web-1/load/load interval=10 1795310424.847:0.02:0.39:0.83\r\n',
      `the body has the lines of collectd's Format "Command"; set Format "JSON" in the <Node> block of write_http`,
    ],
  ])('%j is refused as a whole: %s', (text, message) => {
    expect(() => mapCollectd(text)).toThrow(WeirError)
    expect(() => mapCollectd(text)).toThrow(message)
  })

  test('too many elements are refused as a whole', () => {
    expect(() => mapCollectd(`[${'0,'.repeat(100_000)}0]`)).toThrow('the body is above 100000 events')
  })

  test('an empty array asks for nothing', () => {
    expect(mapCollectd('[]')).toEqual({ events: [], skipped: 0, rejected: [], rejectedCount: 0 })
  })
})

test('whatever an array holds, it is mapped or told, and what is mapped survives the wire', () => {
  const junk = fc.jsonValue()
  const changed = fc
    .record({ key: fc.constantFrom(...Object.keys(value()), 'labels', '__proto__', 'meta'), junk })
    .map(({ key, junk }) =>
      JSON.parse(`${JSON.stringify(value()).slice(0, -1)},${JSON.stringify(key)}:${JSON.stringify(junk)}}`),
    )
  const labels = fc.dictionary(fc.string(), fc.string())
  const alert = fc.record({
    labels: labels.map((labels) => ({ ...labels, alertname: 'collectd_df_x', type: 't' })),
    annotations: labels,
    startsAt: fc.constant('2026-11-22T01:20:24Z'),
  })
  fc.assert(
    fc.property(fc.array(fc.oneof(junk, changed, alert)), (elements) => {
      const { events, rejectedCount } = mapCollectd(JSON.stringify(elements))
      expect(events.length + rejectedCount).toBeLessThanOrEqual(elements.length * 64)
      expect(decodeMsg(encodeMsg({ events }), 0).events).toHaveLength(events.length)
    }),
  )
})
