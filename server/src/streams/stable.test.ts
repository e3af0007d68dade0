import { pipe } from 'rxjs'
import { describe, expect, test } from 'vitest'
import type { Event } from 'weir-protocol'
import { SECOND } from '../clock/duration.ts'
import { type Arrival, flow, metrics, Rig, states } from '../rules/rig.fixture.ts'
import { outOf } from './operator.fixture.ts'
import { stable } from './stable.ts'

/** Arrives at one second, and happened at another. */
const at = (second: number, time: number, parts: Partial<Event>): Arrival => [
  second,
  { ...parts, time: time * SECOND },
]

describe('stable', () => {
  test("as Riemann's: events pass once the value has been the same for 5 s, and what was shorter is dropped", () => {
    expect(
      flow(stable('5s'), states([0, 'ok'], [3, 'ok'], [6, 'ok'], [8, 'bad'], [9, 'ok'], [20, 'ok']), 40),
    ).toEqual(['5 ok', '5 ok', '6 ok', '14 ok', '20 ok'])
  })

  test('an old value that comes back has to be stable again', () => {
    expect(
      flow(stable('5s'), states([0, 'a'], [6, 'a'], [7, 'b'], [8, 'a'], [12, 'a'], [13, 'b']), 40),
    ).toEqual(['5 a', '6 a', '13 a', '13 a', '18 b'])
  })

  test('a change at the moment at which the old value has been stable for long enough comes too late', () => {
    expect(flow(stable('5s'), states([0, 'a'], [5, 'b']), 9)).toEqual(['5 a'])
  })

  test('a missing value is a value, `expired` is one', () => {
    expect(flow(stable('5s'), states([0, ''], [6, 'expired']), 20)).toEqual(
      ['5 ', '11 expired'].map((line) => line.trim()),
    )
  })

  test('by any value of the event', () => {
    const high = (event: Event) => (event.metric ?? 0) > 5
    expect(flow(stable('5s', high), metrics([0, 6], [2, 9], [4, 7], [6, 1], [8, 2]), 20)).toEqual([
      '5 6',
      '5 9',
      '5 7',
      '11 1',
      '11 2',
    ])
  })

  test.each<[string, readonly Arrival[], readonly string[]]>([
    [
      'ahead of the hub, events themselves show that the time is over; the timer then sends nothing again',
      [at(0, 100, { metric: 1 }), at(0, 106, { metric: 2 }), at(0, 107, { metric: 3 })],
      ['0 1', '0 2', '0 3'],
    ],
    ['ahead of the hub, a single event waits that much longer', [at(0, 100, { metric: 1 })], ['105 1']],
    [
      'behind the hub, it is over at the next moment',
      [at(50, 10, { metric: 1 }), [51, { metric: 2 }]],
      ['50 1', '51 2'],
    ],
    [
      'going back, the first event counts',
      [at(50, 50, { metric: 1 }), at(51, 20, { metric: 2 }), at(52, 54, { metric: 3 })],
      ['55 1', '55 2', '55 3'],
    ],
  ])("with a sender's clock %s", (_, input, expected) => {
    expect(flow(stable('5s'), input, 200)).toEqual(expected)
  })

  test('at most `buffer` events wait: the first and the newest', () => {
    const input = metrics(...Array.from({ length: 9 }, (_, n) => [n, n] as const))
    expect(
      flow(
        stable('20s', (e) => e.state, { buffer: 3 }),
        input,
        99,
      ),
    ).toEqual(['20 0', '20 7', '20 8'])
    expect(
      flow(
        stable('20s', (e) => e.state, { buffer: 1 }),
        input,
        99,
      ),
    ).toEqual(['20 0'])
  })

  test('the buffer is the same whenever it is saved', () => {
    const input = metrics(...Array.from({ length: 9 }, (_, n) => [n, n] as const))
    for (const end of [1, 3, 4, 5, 6, 7, 8, 9]) {
      const kept = outOf(
        stable('20s', (e) => e.state, { buffer: 3 }),
        input.slice(0, end),
        99,
      )
      expect(kept).toHaveLength(Math.min(end, 3))
    }
    // The event that shows that it is stable comes with those that waited.
    expect(
      outOf(
        stable('8s', (e) => e.state, { buffer: 3 }),
        input.map(([, parts], n) => [0, { ...parts, time: n * SECOND }] as const),
        0,
      ),
    ).toEqual(['0: 0 @0', '0: 6 @6', '0: 7 @7', '0: 8 @8'])
  })

  test('nothing becomes stable while the hub could not listen', () => {
    const rig = new Rig((rig) => [{ stream: pipe(stable('5s'), rig.note()) }])
    rig.send(1, { state: 'a' })
    rig.fold.gap(60 * SECOND)
    expect(rig.seen).toEqual([])
    rig.run(94.9)
    expect(rig.seen).toEqual([])
    rig.run(95)
    expect(rig.seen).toEqual(['95 a'])
  })

  test('sets no timer for what is stable already', () => {
    const rig = new Rig(() => [{ stream: stable('5s') }])
    rig.send(0, { state: 'a', time: 0 }).send(1, { state: 'a', time: 9 * SECOND })
    expect(rig.fold.clock.timers).toBe(0)
  })

  test('a buffer of nothing is refused', () => {
    expect(() => stable('5s', undefined, { buffer: 0 })).toThrow(
      'buffer has to be a whole number of at least 1',
    )
  })
})
