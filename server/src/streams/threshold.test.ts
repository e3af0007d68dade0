import { expect, test } from 'vitest'
import { above, atLeast, atMost, below, meets, refuseNoThreshold } from './threshold.ts'

test.each([
  [below(5), [true, false, false]],
  [above(5), [false, false, true]],
  [atLeast(5), [false, true, true]],
  [atMost(5), [true, true, false]],
])('%j of 4.99, 5 and 5.01', (threshold, expected) => {
  expect([4.99, 5, 5.01].map((metric) => meets(threshold, metric))).toEqual(expected)
})

test.each([500, undefined, null, 'above(5)', { kind: 'over', limit: 5 }, { kind: 'above' }])(
  '%j is no threshold',
  (given) => {
    expect(() => refuseNoThreshold('severity', 'critical', given)).toThrow(
      `rule 'severity': critical takes a threshold such as above(90) or below(5), not ${JSON.stringify(given)}`,
    )
  },
)
