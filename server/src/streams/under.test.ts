import { expect, test } from 'vitest'
import { flow, metrics } from '../rules/rig.fixture.ts'
import { under } from './under.ts'

test('under passes what is below, 0 as well', () => {
  expect(flow(under(0.5), metrics([1, 0], [2, 0.5], [3, -1]), 9)).toEqual(['1 0', '3 -1'])
})
