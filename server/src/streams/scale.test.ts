import { expect, test } from 'vitest'
import { flow } from '../rules/rig.fixture.ts'
import { scale } from './scale.ts'

test('scale multiplies the metric; without one an event passes as it is', () => {
  const input = [
    [1, { metric: 5 }],
    [2, { state: 'ok' }],
    [3, { metric: 0, state: 'expired' }],
  ] as const
  expect(flow(scale(1 / 2), input, 9)).toEqual(['1 2.5', '2 ok', '3 0 expired'])
})
