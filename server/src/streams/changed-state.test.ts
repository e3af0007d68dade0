import { expect, test } from 'vitest'
import { flow } from '../rules/rig.fixture.ts'
import { changedState } from './changed-state.ts'
import { outOf } from './operator.fixture.ts'

const input = [
  [1, { host: 'a', service: 's', state: 'ok' }],
  [2, { host: 'b', service: 's', state: 'ok' }],
  [3, { host: 'a', service: 's', state: 'ok' }],
  [4, { host: 'a', service: 's', state: 'bad' }],
  [5, { host: 'a', service: 't', state: 'bad' }],
  [6, { host: 'a', state: 'ok' }],
  [7, { state: 'ok' }],
  [8, { state: 'expired' }],
] as const

test("changedState is Riemann's: by host and service; the first of each passes", () => {
  expect(flow(changedState(), input, 9)).toEqual([
    '1 a s ok',
    '2 b s ok',
    '4 a s bad',
    '5 a t bad',
    '6 a ok',
    '7 ok',
    '8 expired',
  ])
})

test('changedState with a state that is taken to have stood before', () => {
  expect(flow(changedState({ init: 'ok' }), input, 9)).toEqual(['4 a s bad', '5 a t bad', '8 expired'])
})

test('changedState in pairs', () => {
  expect(outOf(changedState({ pairs: true, init: 'ok' }), input.slice(0, 5), 9, { eager: true })).toEqual([
    '4: [a s ok @3, a s bad @4]',
    '5: [null, a t bad @5]',
  ])
})
