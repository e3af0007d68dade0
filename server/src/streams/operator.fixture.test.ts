import { expect, test } from 'vitest'
import { metrics } from '../rules/rig.fixture.ts'
import { step } from '../rules/step.ts'
import { map } from './map.ts'
import { outByHost, outOf } from './operator.fixture.ts'

// What the tests of operators stand on: it has to see what is wrong with one.
test('an operator whose state is outside of the engine is found', () => {
  let calls = 0
  const impure = map(() => {
    calls += 1
    return calls
  })
  expect(() => outOf(impure, metrics([1, 1], [2, 2]), 9)).toThrow('it gives')
})

test('a state that is no JSON data is found', () => {
  const lossy = step<unknown, unknown, { readonly seen: number | undefined }>('lossy', [], {
    init: () => ({ seen: Number.POSITIVE_INFINITY }),
    event(state, _, context) {
      context.emit(state.seen)
      return state
    },
  })
  expect(() => outOf(lossy, metrics([1, 1], [2, 2]), 9)).toThrow('restored before each arrival it gives')
})

test('a sound one is as it is', () => {
  const sound = map((event: { readonly metric?: number | undefined }) => event.metric)
  expect(outOf(sound, metrics([1, 5], [2, 6]), 9)).toEqual(['1: 5', '2: 6'])
  expect(outByHost(sound, [[1, { host: 'a', metric: 5 }]], 9)).toEqual(['1: 5'])
})
