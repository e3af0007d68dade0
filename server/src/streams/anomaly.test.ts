import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { flow, metrics } from '../rules/rig.fixture.ts'
import { anomaly } from './anomaly.ts'
import { outByHost, outOf, sent } from './operator.fixture.ts'

const states = (lines: readonly string[]) => lines.map((entry) => entry.split(' ').at(-1)).join(' ')
const series = (...values: readonly number[]) => metrics(...values.map((value, n) => [n, value] as const))

describe('anomaly', () => {
  test('without an event nothing comes', () => {
    expect(outOf(anomaly(4), [], 9)).toEqual([])
  })

  test('nothing is judged before `least` metrics, by default half of them', () => {
    expect(states(flow(anomaly(4), series(1, 900, 1), 9))).toBe('ok ok ok')
    expect(states(flow(anomaly(4, { least: 1 }), series(1, 900), 9))).toBe('ok critical')
  })

  test('exactly the limit is not too far', () => {
    // The median is 0, that of the distances 1.
    const at = (metric: number) => flow(anomaly(3, { limit: 1 }), series(-1, 0, 1, metric), 9).at(-1)
    expect(at(1.4826)).toBe('3 1.4826 ok')
    expect(at(1.483)).toBe('3 1.483 critical')
    expect(at(-1.5)).toBe('3 -1.5 critical')
  })

  test('an outlier in the past does not hide the next one', () => {
    expect(states(flow(anomaly(5), series(9, 10, 11, 10, 9, 500, 10, 500), 9))).toBe(
      'ok ok ok ok ok critical ok critical',
    )
  })

  test('a new level is ordinary after a while', () => {
    expect(states(flow(anomaly(4), series(9, 10, 11, 10, 60, 61, 62, 60), 9))).toBe(
      'ok ok ok ok critical critical ok ok',
    )
  })

  test('where the past is one value any other is too far, but for the floor', () => {
    expect(states(flow(anomaly(4), series(7, 7, 7, 7.1), 9))).toBe('ok ok ok critical')
    expect(states(flow(anomaly(4, { floor: 1 }), series(7, 7, 7, 8, 8.1), 9))).toBe('ok ok ok ok critical')
  })

  test('judges as by sorting the past anew for each metric', () => {
    const middleOf = (numbers: readonly number[]) => {
      const sorted = numbers.toSorted((a, b) => a - b)
      return ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2
    }
    const isFar = (metric: number, past: readonly number[]) => {
      const median = middleOf(past)
      const deviation = 1.4826 * middleOf(past.map((one) => Math.abs(one - median)))
      return past.length >= 2 && Math.abs(metric - median) > 2 * deviation
    }
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -20, max: 20 }), { maxLength: 60 }),
        fc.integer({ min: 3, max: 12 }),
        (values, count) => {
          const expected = values.map((value, n) =>
            isFar(value, values.slice(Math.max(0, n - count), n)) ? 'critical' : 'ok',
          )
          const seen = flow(anomaly(count, { limit: 2, least: 2 }), series(...values), 99)
          expect(states(seen)).toBe(expected.join(' '))
        },
      ),
    )
  })

  test('drops what has no metric; an expired event passes as it is and changes nothing', () => {
    const input = [
      sent(1, 1, { metric: 7 }),
      sent(2, 2),
      sent(3, 3, { metric: 9, state: 'expired' }),
      sent(4, 4, { metric: 9 }),
    ]
    expect(outOf(anomaly(3, { least: 1 }), input, 9)).toEqual([
      '1: 7 ok @1',
      '3: 9 expired @3',
      '4: 9 critical @4',
    ])
  })

  test('is of each key by itself', () => {
    const input = [
      sent(1, 1, { host: 'a', metric: 7 }),
      sent(2, 2, { host: 'b', metric: 9 }),
      sent(3, 3, { host: 'a', metric: 9 }),
    ]
    expect(outByHost(anomaly(3, { least: 1 }), input, 9)).toEqual([
      '1: a 7 ok @1',
      '2: b 9 ok @2',
      '3: a 9 critical @3',
    ])
  })

  test.each([2, 10_001, 3.5])('of %d metrics it is refused', (count) => {
    expect(() => anomaly(count)).toThrow('count has to be')
  })
})
