import { pipe } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { SECOND } from '../clock/duration.ts'
import { flow, metrics, Rig } from '../rules/rig.fixture.ts'
import { by } from './by.ts'
import { rollup } from './rollup.ts'
import { throttle } from './throttle.ts'

describe('throttle', () => {
  test("as Riemann's: 2 in 10 s, from when the rule began", () => {
    const input = metrics([1, 1], [8, 8], [9, 9], [10, 10], [11, 11], [12, 12], [20, 20], [29, 29], [30, 30])
    expect(flow(throttle(2, '10s'), input, 99)).toEqual([
      '1 1',
      '8 8',
      '10 10',
      '11 11',
      '20 20',
      '29 29',
      '30 30',
    ])
  })

  test('a window without events counts for nothing', () => {
    expect(flow(throttle(1, 10), metrics([1, 1], [2, 2], [95, 3], [99, 4], [100, 5]), 200)).toEqual([
      '1 1',
      '95 3',
      '100 5',
    ])
  })

  test('inside of a by each key has windows of its own, from its first event', () => {
    const input = [
      [1, { host: 'a' }],
      [7, { host: 'b' }],
      [10.9, { host: 'a' }],
      [11, { host: 'a' }],
      [16.9, { host: 'b' }],
      [17, { host: 'b' }],
    ] as const
    expect(flow(by('host', throttle(1, '10s')), input, 99)).toEqual(['1 a', '7 b', '11 a', '17 b'])
  })

  test('none pass where the count is 0; expired events are ordinary ones; a list counts as one', () => {
    expect(flow(throttle(0, '10s'), metrics([1, 1], [20, 2]), 99)).toEqual([])
    expect(
      flow(
        throttle(1, '10s'),
        [
          [1, { state: 'expired' }],
          [2, { state: 'ok' }],
        ],
        99,
      ),
    ).toEqual(['1 expired'])
    expect(flow(pipe(rollup(2, '10s'), throttle(1, '10s')), metrics([1, 1], [2, 2], [3, 3]), 99)).toEqual([
      '1 [1]',
      '10 [3]',
    ])
  })

  test('windows are those of the calendar: a gap in which the hub could not listen does not move them', () => {
    const rig = new Rig((rig) => [{ stream: pipe(throttle(1, '10s'), rig.note()) }])
    rig.send(1, { metric: 1 }).fold.gap(9 * SECOND)
    rig.send(9.5, { metric: 2 }).send(10, { metric: 3 })
    expect(rig.seen).toEqual(['1 1', '10 3'])
  })

  test('a wrong duration is refused when the rule is loaded', () => {
    expect(() => throttle(1, '-5m')).toThrow("'-5m' is not a duration")
  })
})
