import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeEvent } from 'weir-protocol'
import { eventJson } from './event-json.ts'

const attributes = (own: Record<string, string>): Record<string, string> =>
  Object.assign(Object.create(null), own)

test.each([
  [
    'a bare event has its eight fields, null where absent',
    makeEvent({ time: 0 }),
    '{"host":null,"service":null,"state":null,"description":null,"metric":null,"tags":null,"time":"1970-01-01T00:00:00.000Z","ttl":null}',
  ],
  [
    'a whole one has its attributes beside them; microseconds are cut',
    makeEvent({
      ...{ host: 'a', service: 's', state: 'ok', description: '"', metric: -0.5, tags: ['x', 'y'], ttl: 30 },
      time: 1_795_310_424_846_999,
      attributes: attributes({ rack: 'r1', zone: '' }),
    }),
    '{"host":"a","service":"s","state":"ok","description":"\\"","metric":-0.5,"tags":["x","y"],"time":"2026-11-22T01:20:24.846Z","ttl":30,"rack":"r1","zone":""}',
  ],
  [
    'an attribute of the name of a field does not hide it',
    makeEvent({ time: 0, host: 'a', attributes: attributes({ host: 'evil', time: '1' }) }),
    '{"host":"a","service":null,"state":null,"description":null,"metric":null,"tags":null,"time":"1970-01-01T00:00:00.000Z","ttl":null}',
  ],
  [
    'a time beyond all calendars',
    makeEvent({ time: Number.MAX_SAFE_INTEGER * 1000 }),
    expect.stringContaining('"+275760-09-13T00:00:00.000Z"'),
  ],
])('%s', (_, event, json) => {
  expect(eventJson(event)).toEqual(json)
})

test('whatever the names and texts of an event are, it is one line of JSON that says the same', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('__proto__', 'constructor', 'host'))
  fc.assert(
    fc.property(text, fc.dictionary(text, text, { noNullPrototype: false }), (host, own) => {
      const json = eventJson(makeEvent({ time: 0, host, attributes: attributes(own) }))
      expect(json).not.toContain('\n')
      const read: Record<string, unknown> = JSON.parse(json)
      expect(read.host).toBe(host)
      for (const [key, value] of Object.entries(own)) {
        if (key !== 'host') expect(Object.getOwnPropertyDescriptor(read, key)?.value).toBe(value)
      }
    }),
  )
})
