import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { decodeMsg, type Event, FrameReader, type Msg, makeEvent } from 'weir-protocol'

const SAMPLES = join(import.meta.dirname, '../samples')
const NOW = 1_700_000_000_000_001

/** The recordings of a folder: the frames of TCP connections (`*.frame.bin`) and datagrams (`*.bin`). */
function recordings(folder: string): string[] {
  return globSync(`${folder}/**/*.bin`, { cwd: SAMPLES }).sort()
}

function decode(file: string): Msg {
  const bytes = readFileSync(join(SAMPLES, file))
  if (!file.endsWith('.frame.bin')) return decodeMsg(bytes, NOW)
  const msgs: Msg[] = []
  const reader = new FrameReader()
  reader.push(bytes, (payload) => msgs.push(decodeMsg(payload, NOW)))
  const [msg, ...more] = msgs
  if (msg === undefined || more.length > 0 || reader.midFrame) throw new Error(`${file}: not just one frame`)
  return msg
}

/** An event as another decoder wrote it down: fields by their names on the wire, 64 bit integers as strings. */
interface Written extends Pick<Event, 'host' | 'service' | 'state' | 'description' | 'ttl' | 'tags'> {
  readonly timeMicros: string
  readonly metricSint64?: string
  readonly metricD?: number | 'NaN' | 'Infinity' | '-Infinity'
  readonly attributes?: readonly { readonly key: string; readonly value: string }[]
}

function fromWritten({ timeMicros, metricSint64, metricD, attributes = [], ...event }: Written): Event {
  const metric = Number(metricSint64 ?? metricD)
  return makeEvent({
    ...event,
    metric: Number.isFinite(metric) ? metric : undefined,
    time: Number(timeMicros),
    attributes: Object.fromEntries(attributes.map(({ key, value }) => [key, value])),
  })
}

describe("collectd's write_riemann", () => {
  test.each(['write_riemann_tcp', 'write_riemann_udp'])(
    '%s: the events are those that it meant',
    (folder) => {
      const path = join(SAMPLES, 'collectd', folder, 'distinct-events.json')
      const written: Written[] = JSON.parse(readFileSync(path, 'utf8'))
      const events = recordings(`collectd/${folder}`).flatMap((file) => decode(file).events)
      const keyOf = ({ service, time, state }: Event) => JSON.stringify([service, time, state])
      const byKey = Map.groupBy(events, keyOf)
      for (const event of written.map(fromWritten)) expect(byKey.get(keyOf(event))).toContainEqual(event)
    },
  )
})

describe("Debian's broken write_riemann", () => {
  test.each(recordings('collectd/write_riemann_broken/invalid-utf8'))(
    '%s: bad UTF-8 becomes U+FFFD',
    (file) => {
      const { events } = decode(file)
      expect(events.length).toBeGreaterThan(40)
      expect(JSON.stringify(events)).toContain('\ufffd')
    },
  )

  test.each(recordings('collectd/write_riemann_broken/garbled'))('%s decodes', (file) => {
    expect(decode(file).events).not.toEqual([])
  })
})

describe('other clients', () => {
  test('riemann-client and the ruby client: events and queries', () => {
    const rows = recordings('clients/riemann-client').map((file) => {
      const { query, events } = decode(file)
      return query ?? events.map(({ service, metric }) => `${service} ${metric}`).join()
    })
    expect(rows).toEqual([
      'app/check 3.5',
      'int -42',
      'float 1.25',
      'undefined undefined',
      'stdin undefined',
      'stdin undefined',
      'stdin undefined',
      'service = "app/check"',
      'true',
      'ruby 2.5',
      'service = "ruby"',
    ])
  })

  test('syslog-ng: events', () => {
    const events = recordings('clients/syslog-ng').flatMap((file) => decode(file).events)
    expect(events).toMatchInlineSnapshot(`
      [
        {
          "attributes": {},
          "description": "hello one",
          "host": "web-1.example",
          "metric": 1.5,
          "service": "syslog",
          "state": "info",
          "tags": [
            "syslog",
          ],
          "time": 1795311215000000,
          "ttl": 60,
        },
        {
          "attributes": {},
          "description": "hello two",
          "host": "web-1.example",
          "metric": 1.5,
          "service": "syslog",
          "state": "info",
          "tags": [
            "syslog",
          ],
          "time": 1795311215000000,
          "ttl": 60,
        },
      ]
    `)
  })
})
