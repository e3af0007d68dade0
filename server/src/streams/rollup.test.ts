import { pipe } from 'rxjs'
import { describe, expect, test } from 'vitest'
import type { Event } from 'weir-protocol'
import { SECOND } from '../clock/duration.ts'
import { flow, metrics, Rig } from '../rules/rig.fixture.ts'
import { by } from './by.ts'
import { fillInLast } from './fill-in-last.ts'
import { rollup } from './rollup.ts'

describe('rollup', () => {
  test("as Riemann's: the first two of 10 s at once, the rest as one list, which counts in the next window with events", () => {
    const input = metrics(
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 4],
      [11, 11],
      [12, 12],
      [13, 13],
      [200, 200],
      [201, 201],
      [202, 202],
    )
    expect(flow(rollup(2, '10s'), input, 300)).toEqual([
      '1 [1]',
      '2 [2]',
      '10 [3 4]',
      '11 [11]',
      '20 [12 13]',
      '200 [200]',
      '210 [201 202]',
    ])
  })

  test('what another timer hands on at the very end of a window is in its list: nothing is put off for ever', () => {
    const ticks = pipe(fillInLast('5s', { state: 'tick' }), rollup<Event>(0, '10s'))
    expect(flow(ticks, metrics([0, 1]), 41)).toEqual([
      '10 [1 1 tick 1 tick]',
      '20 [1 tick 1 tick]',
      '30 [1 tick 1 tick]',
      '40 [1 tick 1 tick]',
    ])
  })

  test('without a rest, each window begins anew', () => {
    expect(flow(rollup(2, '10s'), metrics([1, 1], [2, 2], [11, 11], [12, 12], [21, 21]), 99)).toEqual([
      '1 [1]',
      '2 [2]',
      '11 [11]',
      '12 [12]',
      '21 [21]',
    ])
  })

  test('with a count of one, an endless stream is one list a window', () => {
    const input = metrics(...Array.from({ length: 12 }, (_, n) => [n * 4 + 1, n] as const))
    expect(flow(rollup(1, '10s'), input, 99)).toEqual([
      '1 [0]',
      '10 [1 2]',
      '20 [3 4]',
      '30 [5 6 7]',
      '40 [8 9]',
      '50 [10 11]',
    ])
  })

  test('with a count of none, everything waits for the end of its window', () => {
    expect(flow(rollup(0, '10s'), metrics([1, 1], [12, 2], [35, 3]), 99)).toEqual([
      '10 [1]',
      '20 [2]',
      '40 [3]',
    ])
  })

  test('an event at the very end of a window comes after the list', () => {
    expect(flow(rollup(1, '10s'), metrics([1, 1], [2, 2], [10, 3], [20, 4]), 99)).toEqual([
      '1 [1]',
      '10 [2]',
      '20 [3]',
      '30 [4]',
    ])
  })

  test('inside of a by each key has windows of its own, from its first event', () => {
    const input = [3, 4, 5].flatMap((second) => [
      [second, { host: 'a', metric: second }] as const,
      [second + 2, { host: 'b', metric: second }] as const,
    ])
    expect(
      flow(
        by('host', rollup(1, '10s')),
        input.toSorted((a, b) => a[0] - b[0]),
        99,
      ),
    ).toEqual(['3 [a 3]', '5 [b 3]', '13 [a 4 a 5]', '15 [b 4 b 5]'])
  })

  test('no more than `max` are held; the newest are dropped, counted and told', () => {
    const rig = new Rig((rig) => [{ stream: pipe(rollup(1, '10s', { max: 2 }), rig.note()) }])
    for (const metric of [1, 2, 3, 4, 5]) rig.send(metric, { metric })
    rig.send(11, { metric: 6 }).run(99)
    expect(rig.seen).toEqual(['1 [1]', '10 [2 3]', '20 [6]'])
    expect(rig.failures).toEqual([
      "rule 'rule 1', rollup: more than 2 values in one window; the newest was dropped",
    ])
    expect(rig.fold.engine.rules[0]?.errors).toBe(2)
  })

  test('a window ends when it ends, even while the hub could not listen', () => {
    const rig = new Rig((rig) => [{ stream: pipe(rollup(1, '10s'), rig.note()) }])
    rig.send(1, { metric: 1 }, { metric: 2 })
    rig.fold.gap(60 * SECOND)
    expect(rig.seen).toEqual(['1 [1]', '10 [2]'])
  })

  test('a limit of nothing is refused', () => {
    expect(() => rollup(1, '5m', { max: 0 })).toThrow('max has to be a whole number of at least 1')
  })
})
