import { describe, expect, test } from 'vitest'
import { ddtEvents } from './ddt-events.ts'
import { outByHost, outOf, sent } from './operator.fixture.ts'

describe('ddtEvents', () => {
  test('the change by the second of the events; none at the same time, and one for a late event', () => {
    const input = [
      sent(0, 0, { metric: 10 }),
      sent(0, 5, { metric: 20 }),
      sent(0, 5, { metric: 100 }),
      sent(0, 7, { metric: 90 }),
      sent(0, 6, { metric: 91 }),
    ]
    expect(outOf(ddtEvents(), input, 9)).toEqual(['0: 2 @5', '0: -5 @7', '0: -1 @6'])
  })

  test('events without a metric are dropped and change nothing; expired ones are compared', () => {
    const input = [
      sent(1, 0, { metric: 1 }),
      sent(1, 1),
      sent(1, 1, { metric: Number.NaN }),
      sent(2, 2, { metric: 5, state: 'expired' }),
      sent(4, 4, { metric: 1 }),
    ]
    expect(outOf(ddtEvents(), input, 9)).toEqual(['2: 2 expired @2', '4: -2 @4'])
  })

  test('hands on nothing without an event, and none for the first', () => {
    expect(outOf(ddtEvents(), [], 9)).toEqual([])
    expect(outOf(ddtEvents(), [sent(1, 1, { metric: 1 })], 99)).toEqual([])
  })

  test('a rate that is no number is refused; the event before goes on to count', () => {
    const input = [
      sent(1, 1, { metric: -1e308 }),
      sent(2, 1.000001, { metric: 1e308 }),
      sent(3, 3, { metric: -1e308 }),
    ]
    expect(outOf(ddtEvents(), input, 9)).toEqual([
      '3: 0 @3',
      "rule 'rule 1', ddtEvents: the result, Infinity, is no number that can be kept",
    ])
  })

  test('is of each key by itself', () => {
    const input = [
      sent(1, 1, { host: 'a', metric: 1 }),
      sent(2, 2, { host: 'b', metric: 50 }),
      sent(3, 3, { host: 'a', metric: 5 }),
    ]
    expect(outByHost(ddtEvents(), input, 9)).toEqual(['3: a 2 @3'])
  })
})
