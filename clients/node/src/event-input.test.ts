import { describe, expect, test } from 'vitest'
import { makeEvent } from 'weir-protocol'
import { ClientError } from './errors.ts'
import { type EventInput, toEvent } from './event-input.ts'

const DEFAULTS = { host: 'web-1', time: 1_700_000_000_000_001 }

test.each<[string, EventInput, Parameters<typeof makeEvent>[0]]>([
  ['nothing', {}, DEFAULTS],
  ['a host of its own', { host: 'db-1' }, { ...DEFAULTS, host: 'db-1' }],
  ['an empty host', { host: '' }, { ...DEFAULTS, host: '' }],
  ['a Date', { time: new Date('2026-01-01T00:00:00.5Z') }, { ...DEFAULTS, time: 1_767_225_600_500_000 }],
  ['microseconds', { time: 5 }, { ...DEFAULTS, time: 5 }],
  ['an event', makeEvent({ time: 5, host: 'h', tags: ['t'] }), { time: 5, host: 'h', tags: ['t'] }],
  [
    'attributes that are no text',
    { attributes: { build: 7, canary: false, region: undefined, ['__proto__']: 'p' } },
    { ...DEFAULTS, attributes: { build: '7', canary: 'false', ['__proto__']: 'p' } },
  ],
])('%s', (_, input, event) => {
  expect(toEvent(Object.freeze(input), DEFAULTS)).toEqual(makeEvent(event))
})

describe('what JavaScript may hand in', () => {
  test('null is absent', () => {
    const input = JSON.parse('{"host":null,"metric":null,"time":null,"tags":null,"attributes":null}')
    expect(toEvent(input, DEFAULTS)).toEqual(makeEvent(DEFAULTS))
  })

  test.each([
    ['{"service":5}', 'service: 5 is not a string'],
    ['{"metric":"5"}', 'metric: 5 is not a number'],
    ['{"ttl":[1]}', 'ttl: [1] is not a number'],
    ['{"time":1.5}', 'time: 1.5 is not a valid Date or an integer of microseconds since the epoch'],
    ['{"tags":"web"}', 'tags: web is not an array of strings'],
    ['{"tags":[1]}', 'tags: [1] is not an array of strings'],
    ['{"attributes":{"k":{"a":1}}}', 'attributes.k: {"a":1} is not a string, number or boolean'],
  ])('%s is refused by field', (json, message) => {
    expect(() => toEvent(JSON.parse(json), DEFAULTS)).toThrow(new ClientError('invalid-event', message))
  })

  test('a Date of nothing is refused', () => {
    expect(() => toEvent({ time: new Date('x') }, DEFAULTS)).toThrow(/^time: .* is not a valid Date/)
  })
})
