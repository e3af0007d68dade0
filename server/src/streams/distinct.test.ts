import { describe, expect, test } from 'vitest'
import type { Event } from 'weir-protocol'
import { type Arrival, Rig } from '../rules/rig.fixture.ts'
import { distinct } from './distinct.ts'
import { outByHost, outOf, sent } from './operator.fixture.ts'

const byState = distinct('10s', (event) => event.state)
const login = (second: number, state?: string): Arrival =>
  sent(second, second, state === undefined ? { service: 'login' } : { service: 'login', state })

/** What is counted of so many different values, each sent twice. */
function countOf(values: number): number {
  const counts: number[] = []
  const rig = new Rig((rig) => [
    {
      stream: (source) =>
        source.pipe(
          distinct('10s', (event) => event.description),
          rig.note(),
        ),
    },
  ])
  const events = Array.from({ length: values }, (_, n): Partial<Event> => ({ description: `user ${n}` }))
  rig
    .send(1, ...events)
    .send(2, ...events)
    .run(11)
  for (const line of rig.seen) counts.push(Number(line.split(' ')[1]))
  return counts[0] ?? Number.NaN
}

// When intervals begin, go on and end is told in part-time-fast.test.ts.
describe('distinct', () => {
  test.each<[string, readonly Arrival[], readonly string[]]>([
    ['without an event nothing comes', [], []],
    [
      'how many different values there were, each interval by itself',
      [login(1, 'a'), login(2, 'b'), login(3, 'a'), login(4), login(12, 'a'), login(13, 'a')],
      ['11: login 2 a @11', '21: login 1 a @21'],
    ],
    ['where no event has a value nothing comes', [login(1)], []],
    [
      'an expired event drops what was counted',
      [login(1, 'a'), login(5, 'expired'), login(6, 'b')],
      ['16: login 1 b @16'],
    ],
  ])('%s', (_, input, expected) => {
    expect(outOf(byState, input, 40)).toEqual(expected)
  })

  test('is exact up to 1,023 values, and near beyond', () => {
    expect(countOf(1)).toBe(1)
    expect(countOf(1023)).toBe(1023)
    // Three standard errors; the hash is fixed, so this holds always or never.
    expect(Math.abs(countOf(1024) / 1024 - 1)).toBeLessThan(0.093)
    expect(Math.abs(countOf(20_000) / 20_000 - 1)).toBeLessThan(0.093)
  })

  test('a callback that throws costs that event alone', () => {
    const strict = distinct('10s', (event) => {
      if (event.state === 'bad') throw new Error('no user')
      return event.state
    })
    expect(outOf(strict, [login(1, 'a'), login(2, 'bad'), login(3, 'b')], 15)).toEqual([
      '11: login 2 b @11',
      "rule 'rule 1', distinct: no user (at login)",
    ])
  })

  test('is of each key by itself', () => {
    const input = [
      sent(1, 1, { host: 'a', state: 'x' }),
      sent(2, 2, { host: 'b', state: 'x' }),
      sent(3, 3, { host: 'b', state: 'y' }),
    ]
    expect(outByHost(byState, input, 15)).toEqual(['11: a 1 x @11', '12: b 2 y @12'])
  })
})
