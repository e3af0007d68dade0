import { describe, expect, test } from 'vitest'
import { flow, metrics, states } from '../rules/rig.fixture.ts'
import { changed } from './changed.ts'
import { outByHost, outOf } from './operator.fixture.ts'

const state = (event: { readonly state?: string | undefined }) => event.state

describe('changed', () => {
  test("as Riemann's: passes what differs from the event before; a first event without the value does not", () => {
    expect(
      flow(changed(state), states([1, ''], [2, 'ok'], [3, 'ok'], [4, 'bad'], [5, ''], [6, '']), 9),
    ).toEqual(['2 ok', '4 bad', '5'])
  })

  test('with a value that is taken to have stood before', () => {
    expect(flow(changed(state, { init: 'ok' }), states([1, 'ok'], [2, 'bad'], [3, 'ok']), 9)).toEqual([
      '2 bad',
      '3 ok',
    ])
    expect(flow(changed(state, { init: 'ok' }), states([1, '']), 9)).toEqual(['1'])
    expect(
      flow(
        changed((e) => e.metric, { init: 0 }),
        metrics([1, 0], [2, 1]),
        9,
      ),
    ).toEqual(['2 1'])
    expect(
      flow(
        changed((e) => (e.metric ?? 0) > 5, { init: false }),
        metrics([1, 3], [2, 6], [3, 9]),
        9,
      ),
    ).toEqual(['2 6'])
  })

  test('numbers and texts of the same spelling differ', () => {
    expect(
      flow(
        changed((e) => (e.metric === 2 ? '1' : 1)),
        metrics([1, 1], [2, 2], [3, 3]),
        9,
      ),
    ).toEqual(['1 1', '2 2', '3 3'])
  })

  test('what is not a number is the same as itself', () => {
    expect(
      flow(
        changed((e) => (e.metric ?? 0) * Number.NaN),
        metrics([1, 1], [2, 2]),
        9,
      ),
    ).toEqual(['1 1'])
  })

  test('a throw keeps what stood before', () => {
    const fragile = changed((event) => {
      if (event.metric === 13) throw new Error('thirteen')
      return event.metric
    })
    expect(flow(fragile, metrics([1, 5], [2, 13], [3, 5]), 9)).toEqual([
      '1 5',
      "rule 'rule 1', changed: thirteen",
    ])
  })

  test('in pairs: with the event that came before, which is not the one that passed before', () => {
    const input = states([1, 'a'], [2, 'a'], [3, 'b'], [4, 'c'])
    expect(outOf(changed(state, { pairs: true }), input, 9)).toEqual([
      '1: [null, a @1]',
      '3: [a @2, b @3]',
      '4: [b @3, c @4]',
    ])
    expect(outOf(changed(state, { pairs: true, init: 'a' }), input.slice(0, 3), 9)).toEqual([
      '3: [a @2, b @3]',
    ])
    expect(outOf(changed(state, { pairs: true }), [], 9)).toEqual([])
  })

  test('is of each key by itself', () => {
    const hosts = [
      [1, { host: 'a', state: 'x' }],
      [2, { host: 'b', state: 'x' }],
      [3, { host: 'a', state: 'x' }],
    ] as const
    expect(outByHost(changed(state), hosts, 9)).toEqual(['1: a x @1', '2: b x @2'])
    expect(outByHost(changed(state, { pairs: true }), hosts, 9)).toEqual([
      '1: [null, a x @1]',
      '2: [null, b x @2]',
    ])
  })
})
