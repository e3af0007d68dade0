import { pipe } from 'rxjs'
import { describe, expect, test } from 'vitest'
import type { Event } from 'weir-protocol'
import { SECOND } from '../clock/duration.ts'
import { type Arrival, Rig } from '../rules/rig.fixture.ts'
import { fillInLast } from './fill-in-last.ts'
import { map } from './map.ts'
import { outByHost, outOf, sent } from './operator.fixture.ts'

const filled = fillInLast('5s', { state: 'filled' })

describe('fillInLast', () => {
  test.each<[string, readonly Arrival[], number, readonly string[]]>([
    ['without an event nothing comes', [], 99, []],
    [
      'each event puts it off; an expired one ends it until the next',
      [
        sent(7, 7, { metric: 1, ttl: 8 }),
        sent(9, 9, { metric: 2 }),
        sent(20, 20, { metric: 3, state: 'expired' }),
        sent(33, 33, { metric: 4 }),
      ],
      40,
      [
        ...[
          '7: 1 ttl 8 @7',
          '9: 2 @9',
          '14: 2 filled @14',
          '19: 2 filled @19',
          '20: 3 expired @20',
          '33: 4 @33',
        ],
        '38: 4 filled @38',
      ],
    ],
    [
      'whatever the ttl; an event that comes exactly then comes after it',
      [sent(1, 1, { ttl: 2 }), sent(6, 6)],
      9,
      ['1: ttl 2 @1', '6: filled ttl 2 @6', '6: @6'],
    ],
  ])('%s', (_, input, until, expected) => {
    expect(outOf(filled, input, until)).toEqual(expected)
  })

  test('other attributes stay', () => {
    const seen: unknown[] = []
    const note = map((event: Event) => {
      seen.push({ ...event.attributes })
      return event
    })
    outOf(
      pipe(fillInLast('5s', { attributes: { a: '2' } }), note),
      [sent(1, 1, { attributes: { a: '1', b: '1' } })],
      6,
    )
    expect(seen.slice(0, 2)).toEqual([
      { a: '1', b: '1' },
      { a: '2', b: '1' },
    ])
  })

  test('with a function of the last event; a throw of it costs that one filling', () => {
    const fragile = fillInLast('5s', (last) => {
      if (last.metric === 13) throw new Error('thirteen')
      return { ...last, metric: (last.metric ?? 0) + 1 }
    })
    expect(
      outOf(
        fragile,
        [sent(1, 1, { metric: 1 }), sent(7, 7, { metric: 13 }), sent(18, 18, { metric: 2 })],
        23,
      ),
    ).toEqual([
      '1: 1 @1',
      '6: 2 @6',
      '7: 13 @7',
      '18: 2 @18',
      '23: 3 @23',
      "rule 'rule 1', fillInLast: thirteen",
    ])
  })

  test('is of each key by itself', () => {
    const input = [sent(1, 1, { host: 'a' }), sent(3, 3, { host: 'b' })]
    expect(outByHost(filled, input, 9)).toEqual(['1: a @1', '3: b @3', '6: a filled @6', '8: b filled @8'])
  })

  test('fills nothing in while the hub could not listen', () => {
    const rig = new Rig((rig) => [{ stream: pipe(filled, rig.note()) }])
    rig.send(0, {}).fold.gap(100 * SECOND)
    rig.run(135)
    expect(rig.seen).toEqual(['0', '135 filled'])
  })
})
