import type { OperatorFunction } from 'rxjs'
import { expect, test } from 'vitest'
import type { Event } from 'weir-protocol'
import { type Arrival, metrics } from '../rules/rig.fixture.ts'
import { map } from './map.ts'
import { line, outOf } from './operator.fixture.ts'
import { top } from './top.ts'

const side = (name: string): OperatorFunction<Event, string> => map((event) => `${name} ${line(event)}`)

/** Hosts and their metrics, a second after each other. */
const hosts = (...all: readonly (readonly [host: string, metric?: number | 'expired'])[]): Arrival[] =>
  all.map(([host, metric], n) => [n + 1, metric === 'expired' ? { host, state: metric } : { host, metric }])

test.each<[string, readonly Arrival[], readonly string[]]>([
  [
    'until there are so many, every host is one of them',
    hosts(['a', 5], ['b', 3]),
    ['1: a 5 @1', '2: b 3 @2'],
  ],
  [
    'a larger value displaces the least; that one is not told of before it comes again',
    hosts(['a', 5], ['b', 3], ['c', 4], ['b', 1]),
    ['1: a 5 @1', '2: b 3 @2', '3: c 4 @3', '4: b expired @4'],
  ],
  [
    'an equal one does not, and a member that fell stays',
    hosts(['a', 5], ['b', 3], ['c', 3], ['a', 1], ['c', 2]),
    ['1: a 5 @1', '2: b 3 @2', '3: c expired @3', '4: a 1 @4', '5: c 2 @5'],
  ],
  [
    'of two that are equally small the one that came first is displaced',
    hosts(['a', 2], ['b', 2], ['c', 3], ['b', 2], ['a', 2]),
    ['1: a 2 @1', '2: b 2 @2', '3: c 3 @3', '4: b 2 @4', '5: a expired @5'],
  ],
  [
    "the least is looked for anew when a member has risen (Riemann's goes on to compare with that one)",
    hosts(['a', 1], ['b', 3], ['a', 9], ['c', 5], ['b', 2]),
    ['1: a 1 @1', '2: b 3 @2', '3: a 9 @3', '4: c 5 @4', '5: b expired @5'],
  ],
  [
    'one without a value leaves, and so does an expired one',
    hosts(['a', 5], ['b', 3], ['a'], ['c', 1], ['b', 'expired'], ['d', 0]),
    ['1: a 5 @1', '2: b 3 @2', '3: a expired @3', '4: c 1 @4', '5: b expired @5', '6: d 0 @6'],
  ],
])('top 2: %s', (_, input, expected) => {
  const highest = top(
    2,
    (event) => event.metric,
    map((event) => event),
  )
  expect(outOf(highest, input, 99, { eager: true })).toEqual(expected)
})

test('with a stream for the rest each side hears who is in the other', () => {
  const both = top(1, (event) => event.metric, side('top'), side('rest'))
  expect(outOf(both, hosts(['a', 1], ['b', 5], ['c', 2], ['b', 'expired']), 99, { eager: true })).toEqual([
    '1: rest a expired @1',
    '1: top a 1 @1',
    '2: top a expired @2',
    '2: rest a 1 @1',
    '2: rest b expired @2',
    '2: top b 5 @2',
    '3: top c expired @3',
    '3: rest c 2 @3',
    '4: top b expired @4',
    '4: rest b expired @4',
  ])
})

test.each([Number.NaN, Number.POSITIVE_INFINITY])('%d is no value', (value) => {
  const odd = top(1, () => value, side('top'), side('rest'))
  expect(outOf(odd, metrics([1, 1]), 9)).toEqual(['1: top expired @1', '1: rest 1 @1'])
})

test.each([0, -1, 1.5, Number.NaN])('of %d is refused', (count) => {
  expect(() => top(count, (event) => event.metric, side('top'))).toThrow(
    `count has to be a whole number of at least 1; it is ${count}`,
  )
})
