import { expect, test } from 'vitest'
import { type Arrival, flow, states } from '../rules/rig.fixture.ts'
import { expired } from './expired.ts'

const input: readonly Arrival[] = [
  ...states([1, 'ok'], [2, 'expired'], [3, ''], [4, 'Expired']),
  // Riemann would take it for expired, since it happened longer ago than its ttl.
  [900, { state: 'old', time: 0, ttl: 5 }],
]

test('expired passes events whose state says so, whatever their time', () => {
  expect(flow(expired(), input, 999)).toEqual(['2 expired'])
})
