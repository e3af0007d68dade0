import { expect, test } from 'vitest'
import { flow, states } from '../rules/rig.fixture.ts'
import { notExpired } from './not-expired.ts'

test('notExpired passes events whose state does not say so, whatever their time', () => {
  expect(
    flow(
      notExpired(),
      [...states([1, 'ok'], [2, 'expired'], [3, '']), [900, { state: 'old', time: 0, ttl: 5 }]],
      999,
    ),
  ).toEqual(['1 ok', '3', '900 old'])
})
