import { describe, expect, test } from 'vitest'
import { SECOND } from '../clock/duration.ts'
import { type Arrival, Rig } from '../rules/rig.fixture.ts'
import { outOf, sent } from './operator.fixture.ts'
import { periodicallyUntilExpired } from './periodically-until-expired.ts'

// `periodicallyUntilExpired` is a `Ticking` and nothing else.
const ticks = (interval: number, delay: number, input: readonly Arrival[], until: number) =>
  outOf(
    periodicallyUntilExpired((now) => now / SECOND, { interval, delay }),
    input,
    until,
  ).map((entry) => entry.split(': ')[1])

describe('a ticking', () => {
  test.each<[string, number, number, readonly Arrival[], number, readonly string[]]>([
    ['without an event is still', 5, 0, [], 99, []],
    ['begins with the first event', 1, 0, [sent(2, 2)], 4, ['2', '3', '4']],
    ['begins after its delay', 4, 3, [sent(1, 1)], 12, ['4', '8', '12']],
    [
      'goes on for the ttl of the event, exactly its end included',
      5,
      5,
      [sent(0, 0, { ttl: 10 })],
      99,
      ['5', '10'],
    ],
    ['counts the ttl from the arrival', 5, 5, [sent(20, 0, { ttl: 10 })], 99, ['25', '30']],
    [
      'goes by the ttl of the last event alone',
      5,
      5,
      [sent(0, 0, { ttl: 90 }), sent(1, 1, { ttl: 5 })],
      99,
      ['5'],
    ],
    [
      'goes on for ever where the last event has no ttl',
      5,
      5,
      [sent(0, 0, { ttl: 2 }), sent(1, 1)],
      20,
      ['5', '10', '15', '20'],
    ],
    [
      'is ended by an expired event and begun again by the next',
      2,
      2,
      [sent(0, 0), sent(5, 5, { state: 'expired' }), sent(11, 11)],
      15,
      ['2', '4', '13', '15'],
    ],
    [
      'ticks before an event that comes exactly then',
      5,
      5,
      [sent(0, 0), sent(5, 5, { state: 'expired' })],
      99,
      ['5'],
    ],
    ['is not begun by an expired event', 5, 0, [sent(0, 0, { state: 'expired' })], 99, []],
    [
      'is begun again by an event after its ttl',
      5,
      5,
      [sent(0, 0, { ttl: 1 }), sent(20, 20, { ttl: 5 })],
      99,
      ['25'],
    ],
  ])('%s', (_, interval, delay, input, until, expected) => {
    expect(ticks(interval, delay, input, until)).toEqual(expected)
  })

  test('goes on where the last event has come within its ttl, a gap not counted', () => {
    const seen: number[] = []
    const rig = new Rig((rig) => [
      {
        stream: periodicallyUntilExpired(() => seen.push(rig.now), { interval: 5, delay: 5 }),
      },
    ])
    rig.send(3, { ttl: 40 }).run(5)
    rig.fold.gap(65 * SECOND)
    rig.run(200)
    // At 108 it has listened for 48 s, and the ttl was over at 43.
    expect(seen).toEqual([98, 103])
  })

  test('stands still while the hub could not listen, and for the grace after that', () => {
    const seen: number[] = []
    const rig = new Rig((rig) => [
      {
        stream: periodicallyUntilExpired(() => seen.push(rig.now), { interval: 5, delay: 5 }),
      },
    ])
    rig.send(0, {}).run(2)
    rig.fold.gap(62 * SECOND)
    rig.run(104)
    expect(seen).toEqual([95, 100])
  })
})
