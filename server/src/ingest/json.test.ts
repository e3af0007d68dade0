import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeMsg, encodeMsg } from 'weir-protocol'
import { WeirError } from '../errors.ts'
import { mapJson } from './json.ts'

const NOW = 1795310424_000_000

/** What became of one event, given as JSON. */
const mapOne = (json: string) => {
  const { events, rejected } = mapJson(json, NOW)
  return events[0] ?? rejected[0]
}

describe('an event', () => {
  test('has the fields that it was given', () => {
    const json = `{"host": "web-1", "service": "api latency", "state": "ok", "description": "fine", "metric": 0.31,
      "time": 1795310424.5, "ttl": 30, "tags": ["api"], "attributes": {"region": "eu"}}`
    expect(mapOne(json)).toEqual({
      host: 'web-1',
      service: 'api latency',
      state: 'ok',
      description: 'fine',
      metric: 0.31,
      time: 1795310424_500_000,
      ttl: 30,
      tags: ['api'],
      attributes: { region: 'eu' },
    })
  })

  test.each([
    '{}',
    '{"host":null,"metric":null,"time":null,"ttl":null,"tags":null,"attributes":null,"rack":null}',
  ])('%s happens now and has nothing else', (json) =>
    expect(mapOne(json)).toEqual({ time: NOW, tags: [], attributes: {} }),
  )

  test.each([
    ['1795310424', 1795310424_000_000],
    ['1795310424.846807', 1795310424_846_807],
    ['0', 0],
    ['-1.5', -1_500_000],
    ['"2026-11-22T01:20:24.846806851Z"', 1795310424_846_807],
    ['"2026-11-22T03:20:24+02:00"', 1795310424_000_000],
  ])('of the time %s is at %s', (time, micros) => {
    expect(mapOne(`{"time":${time}}`)).toMatchObject({ time: micros })
  })

  test.each([
    ['{"rack":"r1","up":true,"port":8080}', { rack: 'r1', up: 'true', port: '8080' }],
    ['{"attributes":{"up":false,"n":1e3,"none":null}}', { up: 'false', n: '1000' }],
    ['{"rack":"outer","attributes":{"rack":"inner"}}', { rack: 'inner' }],
    ['{"":"empty","toString":"x"}', { '': 'empty', toString: 'x' }],
    ['{"attributes":{"host":"spoof","metric":7}}', { host: 'spoof', metric: '7' }],
  ])('%s has the attributes %j', (json, attributes) => {
    expect(mapOne(json)).toMatchObject({ attributes })
    expect(mapOne(json)).not.toHaveProperty('host', 'spoof')
  })

  test('may have an attribute __proto__, which is just that', () => {
    for (const json of [
      '{"__proto__":"x","constructor":"y"}',
      '{"attributes":{"__proto__":"x","constructor":"y"}}',
    ]) {
      const { events } = mapJson(json, NOW)
      const attributes = events[0]?.attributes ?? {}
      expect(Object.getPrototypeOf(attributes)).toBe(null)
      expect(Object.entries(attributes)).toEqual([
        ['__proto__', 'x'],
        ['constructor', 'y'],
      ])
    }
    expect(mapOne('{"__proto__":{"host":"x"}}')).toMatchObject({
      problem: '__proto__: expected a string, a number or a boolean, received an object',
    })
  })

  test('may have ten thousand tags', () => {
    const tags = Array.from({ length: 10_000 }, (_, n) => `t${n}`)
    expect(mapOne(JSON.stringify({ tags }))).toMatchObject({ tags })
  })
})

test.each([
  ['{"metric":"NaN"}', 'metric: expected a finite number, received "NaN"'],
  ['{"metric":"0.31"}', 'metric: expected a finite number, received "0.31"'],
  ['{"metric":1e999}', 'metric: expected a finite number, received a number'],
  ['{"metric":true}', 'metric: expected a finite number, received a boolean'],
  ['{"host":7}', 'host: expected string, received number'],
  ['{"state":{}}', 'state: expected string, received object'],
  ['{"ttl":"30s"}', 'ttl: expected seconds, received "30s"'],
  ['{"ttl":-1}', 'ttl: expected seconds, 0 or more'],
  ['{"tags":"api"}', 'tags: expected array, received string'],
  ['{"tags":["api",7]}', 'tags.1: expected string, received number'],
  ['{"time":true}', 'time: expected epoch seconds or an ISO 8601 time, received a boolean'],
  [
    '{"time":1795310424847}',
    'time: 1795310424847 is too large for seconds since the epoch; not milliseconds',
  ],
  ['{"time":"yesterday"}', "time: 'yesterday' is not an ISO 8601 time with its zone"],
  ['{"time":"2026-11-22T01:20:24"}', 'is not an ISO 8601 time with its zone, such as 2026-11-22T01:20:24Z'],
  ['{"rack":{"row":1}}', 'rack: expected a string, a number or a boolean, received an object'],
  ['{"rack":["r1"]}', 'rack: expected a string, a number or a boolean, received an array'],
  ['{"attributes":["r1"]}', 'attributes: expected an object, received an array'],
  ['{"attributes":"r1"}', 'attributes: expected an object, received a string'],
  [
    '{"attributes":{"rack":{}}}',
    'attributes.rack: expected a string, a number or a boolean, received an object',
  ],
  ['[7]', 'expected an event, received a number'],
  ['[[]]', 'expected an event, received an array'],
])('%s is refused: %s', (json, problem) => {
  expect(mapJson(json, NOW)).toMatchObject({
    events: [],
    rejected: [{ index: 0, problem: expect.stringContaining(problem) }],
    rejectedCount: 1,
  })
})

describe('a body', () => {
  test.each<[what: string, body: string, services: string[], rejected: Record<string, number>[]]>([
    ['an event', '{"service":"a"}', ['a'], []],
    ['an event over lines', '{\n"service":\n"a"\n}\n', ['a'], []],
    ['an array', '[{"service":"a"}, {"service":"b"}]', ['a', 'b'], []],
    ['an array with a broken one', '[{"service":"a"}, 7, {"service":"b"}]', ['a', 'b'], [{ index: 1 }]],
    ['an empty array', '[]', [], []],
    ['lines', '{"service":"a"}\n{"service":"b"}', ['a', 'b'], []],
    ['lines with blanks between', '\r\n{"service":"a"}\r\n\r\n{"service":"b"}\r\n\r\n', ['a', 'b'], []],
    [
      'lines of which some are broken',
      '{"service":"a"}\n{"service":\n{"service":"c"}\n\n7\n{"metric":"x"}',
      ['a', 'c'],
      [{ line: 2 }, { line: 5 }, { line: 6 }],
    ],
    ['lines that begin broken', 'what?\n{"service":"b"}', ['b'], [{ line: 1 }]],
  ])('of %s', (_, body, services, rejected) => {
    const mapped = mapJson(body, NOW)
    expect(mapped.events.map(({ service }) => service)).toEqual(services)
    expect(mapped.rejected).toMatchObject(rejected)
    expect(mapped.rejectedCount).toBe(rejected.length)
  })

  test('with many broken elements has the first ten told, and all counted', () => {
    const { rejected, rejectedCount } = mapJson(`[${'0,'.repeat(499)}0]`, NOW)
    expect(rejected).toHaveLength(10)
    expect(rejectedCount).toBe(500)
  })

  test.each([
    ['', 'the body is not JSON: it is empty'],
    ['hello', 'the body is not JSON: Unexpected token'],
    ['{"metric": NaN}', `the body is not JSON: Unexpected token 'N'`],
    ['{"metric": 1', /position 12 \(line 1 column 13\)/],
    ['[{"metric": 1}\n{"metric": 2}]', /position 15 \(line 2 column 1\)/],
    ['7', 'the body is a number; expected an event, an array of events, or an event on each line'],
    ['"x"', 'the body is a string; expected'],
  ])('of %j is refused as a whole: %s', (body, message) => {
    expect(() => mapJson(body, NOW)).toThrow(WeirError)
    expect(() => mapJson(body, NOW)).toThrow(message)
  })

  test.each([
    ['elements', `[${'{},'.repeat(100_000)}{}]`],
    ['lines', '{}\n'.repeat(100_001)],
  ])('of too many %s is refused as a whole', (_, body) => {
    expect(() => mapJson(body, NOW)).toThrow('the body is above 100000 events; send it in parts')
  })
})

test('whatever the JSON, it is mapped or told, and what is mapped survives the wire', () => {
  const event = fc.record(
    {
      host: fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue()),
      metric: fc.oneof(fc.double({ noNaN: true }), fc.jsonValue()),
      time: fc.oneof(fc.double({ noNaN: true }), fc.date().map(String), fc.jsonValue()),
      ttl: fc.oneof(fc.double({ noNaN: true }), fc.jsonValue()),
      tags: fc.oneof(fc.array(fc.string({ unit: 'binary' })), fc.jsonValue()),
      attributes: fc.oneof(fc.dictionary(fc.string(), fc.string({ unit: 'binary' })), fc.jsonValue()),
    },
    { requiredKeys: [] },
  )
  const body = fc.oneof(fc.array(fc.oneof(event, fc.jsonValue())), event)
  fc.assert(
    fc.property(body, (value) => {
      const { events, rejectedCount } = mapJson(JSON.stringify(value), NOW)
      expect(events.length + rejectedCount).toBe(Array.isArray(value) ? value.length : 1)
      expect(decodeMsg(encodeMsg({ events }), 0).events).toHaveLength(events.length)
    }),
  )
})

test('whatever the text, nothing but a refusal is thrown', () => {
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc.array(fc.oneof(fc.json(), fc.string())).map((lines) => lines.join('\n')),
  )
  fc.assert(
    fc.property(text, (body) => {
      try {
        mapJson(body, NOW)
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(WeirError)
      }
    }),
  )
})
