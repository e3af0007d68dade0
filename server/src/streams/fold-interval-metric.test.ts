import { expect, test } from 'vitest'
import { foldIntervalMetric } from './fold-interval-metric.ts'
import { outByHost, outOf, sent } from './operator.fixture.ts'

const largest = foldIntervalMetric('10s', (numbers) => Math.max(0, ...numbers))

// The rest is told in fold-interval.test.ts.
test('foldIntervalMetric folds the metrics of an interval', () => {
  expect(outOf(largest, [], 99)).toEqual([])
  expect(
    outOf(largest, [sent(0, 0, { metric: 1 }), sent(3, 3, { metric: 5 }), sent(4, 4, { metric: 2 })], 10),
  ).toEqual(['10: 5 @4'])
})

test('foldIntervalMetric is of each key by itself', () => {
  const input = [sent(1, 1, { host: 'a', metric: 1 }), sent(2, 2, { host: 'b', metric: 2 })]
  expect(outByHost(largest, input, 15)).toEqual(['11: a 1 @1', '12: b 2 @2'])
})
